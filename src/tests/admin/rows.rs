//! Rows by the hundred, made by the database itself.

use crate::harness::TestApp;

/// Writes so many rows into a table. What `given` says of a column is SQL, in
/// which `i` is the number of the row, from 1 on; what else must not be empty is
/// made up, and differs from row to row wherever it could be asked to.
pub(super) async fn put(app: &TestApp, table: &str, many: u64, given: &[(&str, String)]) {
    let info = format!("SELECT name || ':' || lower(type) || ':' || \"notnull\" FROM pragma_table_info('{table}')");
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for column in app.texts(&info).await {
        let [name, kind, required] = column.split(':').collect::<Vec<_>>()[..] else { panic!("{column}") };
        let value = match given.iter().find(|(of, _)| *of == name) {
            Some((_, value)) => value.clone(),
            None if required == "0" => continue,
            None if kind.contains("blob") || kind.contains("uuid") => "randomblob(16)".to_owned(),
            None if kind.contains("int") || kind.contains("bool") => "1".to_owned(),
            None => format!("'{table}-' || i || '@x.example'"),
        };
        names.push(name.to_owned());
        values.push(value);
    }
    assert!(given.iter().all(|(of, _)| names.iter().any(|name| name == of)), "{table} has {names:?}");
    let (names, values) = (names.join("\", \""), values.join(", "));
    app.execute(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many})
         INSERT INTO {table} (\"{names}\") SELECT {values} FROM n"
    ))
    .await;
}

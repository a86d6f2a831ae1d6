//! Whether checking the limits on attempts takes as long with many attempts as with few.

use std::time::Duration;

use portal::clock::Clock;
use portal::crypto::{LookupKeys, SecretKey};
use portal::domain::{Timestamp, Username};
use portal::store::attempts::{AttemptKind, at_account, at_subject, from_networks};
use portal::store::{Store, accounts};

use crate::data::{DataFolder, username};
use crate::table::{Figure, Unit, median};
use crate::{Outcome, load, say};

/// The queries before a password is checked, in a write transaction.
pub(crate) const CHECK: Figure =
    Figure::new("limits on a sign-in, 1,000,000 attempts ÷ 1,000", Unit::Multiple, 1.2, 1.1);

/// More attempts than any limit looks at.
const NEWEST: u64 = 128;
const DAY: Duration = Duration::from_secs(86_400);
/// Checks for each attempt of another figure, because they take microseconds.
const CHECKS: u32 = 20;

/// Returns the median with the first database as a multiple of that with the second.
pub(crate) async fn measure(data: [&DataFolder; 2], tries: u32) -> Outcome<f64> {
    let mut stores = Vec::new();
    for data in data {
        stores.push(Store::open(&format!("sqlite://{}/portal.db", data.path().display()), Clock::System).await?);
    }
    let keys = LookupKeys::new(&SecretKey::from_bytes([1; 32]).into());
    let mut times = [Vec::new(), Vec::new()];
    for n in 0..tries * CHECKS {
        for (times, store) in times.iter_mut().zip(&stores) {
            // The accounts that both have.
            let name = username(n * 37 % 1_000);
            let account = accounts::by_username(store.reader(), &Username::parse(&name)?).await?.ok_or("no account")?;
            let (key, network) = (keys.key(&["name", &name]), n.to_be_bytes().to_vec());
            let tx = store.write().await?;
            let (kind, since) = (AttemptKind::Password, Timestamp(tx.now().0) - DAY);
            let began = load::now();
            let of_account = at_account(&tx, kind, account.id, since, NEWEST).await?.len();
            at_subject(&tx, kind, &key, since, NEWEST).await?;
            from_networks(&tx, kind, network.clone()..=network, true, since, NEWEST).await?;
            times.push(began.elapsed().as_secs_f64() * 1_000_000.0);
            if of_account != 1 {
                return Err(format!("{name} has {of_account} attempts").into());
            }
        }
    }
    for store in stores {
        store.close().await?;
    }
    let [many, few] = times.map(median);
    say(format_args!("limits on a sign-in: {many:.0} µs with 1,000,000 attempts, {few:.0} µs with 1,000"));
    Ok(many / few)
}

//! `/admin/users/{id}/{action}`: confirms an action on an account. Lists its consequences and asks for a reason.

use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use uuid::Uuid;

use super::user::account_id;
use crate::domain::UserAction;
use crate::islands::{ApiError, Flash};
use crate::paths;
use crate::routes::access::Access;
use crate::routes::form::FormRequest;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::services::ServiceError;
use crate::services::admin::UserActionPage;
use crate::ui::{AdminArea, EnhancedForm, Field, Form, Icon, IconName, Section};

pub const PAGE: Page =
    Page { path: paths::ADMIN_USER_ACTION, access: Access::Administrators, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let id = account_id(&request)?;
    let action = UserAction::parse(request.segment(3)).ok_or(ServiceError::NotFound)?;
    let UserActionPage { account, refusal } = request.state.admin().user_action(id, action, request.by).await?;
    let own = request.by.administrator()?.account_id == id;
    Ok(Document::new(action.spec().label, move |context| {
        let flash = context.flash.clone();
        let name = account.username.as_str().to_owned();
        let heading = action.spec().heading(&name);
        let body = match refusal {
            Some(refusal) => Either::Left(view! {
                <div class="alert alert-danger" tabindex="-1" autofocus>
                    <Icon sign=IconName::Alert />
                    <p role="alert">{refusal}</p>
                </div>
            }),
            None => {
                let username = name.clone();
                Either::Right(view! { <Confirm id action username own flash /> })
            }
        };
        view! {
            <AdminArea context here=paths::ADMIN_USERS within=true heading>
                <Section title="What this does">
                    {body} <p>
                        <a href=paths::admin_user(&id.to_string())>"Back to " {name}</a>
                    </p>
                </Section>
            </AdminArea>
        }
    }))
}

#[component]
fn Confirm(
    id: Uuid,
    action: UserAction,
    username: String,
    /// Whether it is the administrator's own account.
    own: bool,
    flash: Flash,
) -> impl IntoView {
    let spec = action.spec();
    let form = Form::to(ChangeUser::PATH, &flash)
        .field(Field::hidden("id", id.to_string()))
        .field(Field::hidden("user_action", spec.slug))
        .field(Field::text("reason", "Reason").hint("Recorded in the audit log. The user won't see it."))
        .submit(spec.label, spec.pending_label);
    let form = if spec.destructive { form.dangerous() } else { form };
    let whose = if own { "your own account".to_owned() } else { username };
    let listed = if own { OWN } else { spec.consequences };
    let what: Vec<_> = listed.iter().map(|consequence| view! { <li>{*consequence}</li> }).collect();
    view! {
        <p>{spec.intro} " " <strong>{whose}</strong> ":"</p>
        <ul>{what}</ul>
        <EnhancedForm form />
    }
}

/// The consequences of removing the admin role from one's own account, the only action that is available there.
const OWN: &[&str] = &["You lose access to Admin immediately.", "Your account stays active, and you'll get an email."];

/// Carries out an action on an account. The reason is recorded in the audit log.
///
/// # Errors
/// A message for `reason`, or why the action is not available.
#[server(prefix = "", endpoint = "admin/users/change")]
pub async fn change_user(
    #[server(default)] id: String,
    #[server(default)] user_action: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    let post = FormRequest::of::<ChangeUser>()?.keep("reason", &reason);
    let (Ok(id), Some(action)) = (Uuid::try_parse(&id), UserAction::parse(&user_action)) else {
        return post.answer(Err(ServiceError::NotFound)).await;
    };
    let post = post.on_page(paths::admin_user_action(&id.to_string(), action.as_str()));
    let outcome = post.state.admin().change_user(id, action, &reason, &post.requester).await;
    post.answer(outcome).await
}

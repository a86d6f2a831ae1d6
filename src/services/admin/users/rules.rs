//! Which actions apply to which accounts.

use crate::domain::{AccountState, Role, UserAction};

const LAST: &str = "This is the last active administrator. Add another one first.";
const CLOSED: &str = "This account isn't active. No one can sign in to it.";

/// The state of an account that determines which actions apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AccountStatus {
    pub state: AccountState,
    pub role: Role,
    /// Whether the account has an authenticator app or a passkey.
    pub two_step: bool,
    /// Whether the account belongs to the requesting administrator.
    pub own: bool,
    /// Whether there is another open account of an administrator.
    pub another_administrator: bool,
}

/// Returns why an action cannot be applied, or `None` if it can.
pub(super) fn refusal(action: UserAction, status: AccountStatus) -> Option<&'static str> {
    if let Some(alternative) = status.own.then(|| own_account(action)).flatten() {
        return Some(alternative);
    }
    let not_applicable = match (action, status.state, status.role) {
        (UserAction::Disable, AccountState::Disabled, _) => Some("This account is already disabled."),
        (UserAction::Disable, AccountState::Leaving, _) => {
            Some("This account is already closed. The user asked to delete it.")
        }
        (UserAction::Enable, AccountState::Open, _) => Some("This account is already active."),
        (UserAction::Enable, AccountState::Leaving, _) => {
            Some("The user asked to delete this account. Only they can cancel it, with the link in their email.")
        }
        (UserAction::EndSessions, AccountState::Disabled | AccountState::Leaving, _) => {
            Some("This account isn't active, so it has no sessions.")
        }
        (UserAction::MakeAdministrator, _, Role::Administrator) => Some("This user is already an administrator."),
        (
            UserAction::StartRecovery | UserAction::MakeAdministrator,
            AccountState::Disabled | AccountState::Leaving,
            _,
        ) => Some(CLOSED),
        (UserAction::ResetTwoStep, _, _) if !status.two_step => {
            Some("This account has no authenticator app and no passkey.")
        }
        (UserAction::MakeUser, _, Role::User) => Some("This user isn't an administrator."),
        _ => None,
    };
    not_applicable.or_else(|| {
        let removes_administrator = matches!(action, UserAction::Disable | UserAction::MakeUser | UserAction::Delete);
        let is_active_administrator = status.role == Role::Administrator && status.state == AccountState::Open;
        (removes_administrator && is_active_administrator && !status.another_administrator).then_some(LAST)
    })
}

/// Returns where administrators can do the same to their own account, if they cannot do it here.
fn own_account(action: UserAction) -> Option<&'static str> {
    match action {
        UserAction::Disable => Some("This is your own account. To close it, delete it under Account."),
        UserAction::Delete => Some("This is your own account. You can delete it under Account."),
        UserAction::EndSessions => Some("This is your own account. You can end your sessions under Account, Sessions."),
        UserAction::StartRecovery => Some("This is your own account. You can change your password under Account."),
        UserAction::ResetTwoStep => {
            Some("This is your own account. You can change two-step sign-in under Account, Security.")
        }
        UserAction::Enable | UserAction::MakeAdministrator | UserAction::MakeUser => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{AccountStatus, refusal};
    use crate::domain::{AccountState, Role, UserAction};

    const PLAIN: AccountStatus = AccountStatus {
        state: AccountState::Open,
        role: Role::User,
        two_step: true,
        own: false,
        another_administrator: true,
    };

    fn available(status: AccountStatus) -> Vec<&'static str> {
        UserAction::ALL
            .into_iter()
            .filter(|action| refusal(*action, status).is_none())
            .map(UserAction::as_str)
            .collect()
    }

    #[test]
    fn available_actions_depend_on_state_and_role() {
        let open = ["end-sessions", "start-recovery", "reset-two-step", "disable", "make-administrator", "delete"];
        assert_eq!(available(PLAIN), open);
        assert_eq!(
            available(AccountStatus { state: AccountState::Disabled, ..PLAIN }),
            ["reset-two-step", "enable", "delete"]
        );
        assert_eq!(available(AccountStatus { state: AccountState::Leaving, two_step: false, ..PLAIN }), ["delete"]);
        let administrator = AccountStatus { role: Role::Administrator, two_step: false, ..PLAIN };
        assert_eq!(available(administrator), ["end-sessions", "start-recovery", "disable", "make-user", "delete"]);
        assert_eq!(available(AccountStatus { own: true, ..administrator }), ["make-user"]);
    }

    #[test]
    fn the_last_administrator_cannot_be_removed() {
        let last = AccountStatus { role: Role::Administrator, another_administrator: false, ..PLAIN };
        assert_eq!(available(last), ["end-sessions", "start-recovery", "reset-two-step"]);
        assert!(available(AccountStatus { own: true, ..last }).is_empty());
        let disabled = AccountStatus { state: AccountState::Disabled, ..last };
        assert!(available(disabled).contains(&"make-user") && available(disabled).contains(&"delete"));
    }
}

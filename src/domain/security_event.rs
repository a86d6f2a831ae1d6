//! The events in a user's security log.

use super::words::words;

words! {
    /// A kind of event.
    pub enum SecurityEvent {
        SignedIn = ("signed_in", "Signed in"),
        SignInFailed = ("sign_in_failed", "Sign-in failed: incorrect password"),
        PasswordListed = ("password_listed", "Sign-in refused: leaked password"),
        SecondStepFailed = ("second_step_failed", "Sign-in failed: incorrect code or passkey"),
        SecondStepLocked = ("second_step_locked", "Second step locked: too many incorrect codes"),
        PasskeyCloned = ("passkey_cloned", "Sign-in refused: copied passkey"),
        SessionConfirmed = ("session_confirmed", "Second step completed in an open session"),
        SignedOut = ("signed_out", "Signed out"),
        NewDevice = ("new_device", "Signed in from a new device"),
        SessionEnded = ("session_ended", "Session ended"),
        OtherSessionsEnded = ("other_sessions_ended", "All other sessions ended"),
        PasswordChanged = ("password_changed", "Password changed"),
        PasswordRecovered = ("password_recovered", "Password reset"),
        UsernameChanged = ("username_changed", "Username changed"),
        EmailChangeAsked = ("email_change_asked", "Email change requested"),
        EmailChanged = ("email_changed", "Email address changed"),
        EmailChangeUndone = ("email_change_undone", "Email address restored"),
        TwoStepOn = ("two_step_on", "Authenticator app added"),
        TwoStepOff = ("two_step_off", "Authenticator app removed"),
        AppReplaced = ("app_replaced", "Authenticator app replaced"),
        RecoveryCodesMade = ("recovery_codes_made", "New recovery codes created"),
        RecoveryCodeUsed = ("recovery_code_used", "Recovery code used"),
        PasskeyAdded = ("passkey_added", "Passkey added"),
        PasskeyRenamed = ("passkey_renamed", "Passkey renamed"),
        PasskeyRemoved = ("passkey_removed", "Passkey removed"),
        BrowserTrusted = ("browser_trusted", "Browser trusted"),
        BrowserForgotten = ("browser_forgotten", "Trusted browser removed"),
        FactorsRemoved = ("factors_removed", "Sign-in methods removed"),
        DataExported = ("data_exported", "Data downloaded"),
        DeletionScheduled = ("deletion_scheduled", "Account deletion requested"),
        DeletionCancelled = ("deletion_cancelled", "Account deletion canceled"),
        // The events below are administrators' actions.
        MadeAdministrator = ("made_administrator", "Admin role given"),
        MadeUser = ("made_user", "Admin role removed"),
        AccountDisabled = ("account_disabled", "Account disabled"),
        AccountEnabled = ("account_enabled", "Account enabled"),
        SessionsEnded = ("sessions_ended", "Signed out everywhere"),
        RecoveryStarted = ("recovery_started", "Password reset required"),
        TwoStepReset = ("two_step_reset", "Two-step sign-in reset"),
        AccountDeleted = ("account_deleted", "Account deleted"),
    }
}

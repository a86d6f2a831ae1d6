//! The hourly metrics of the admin charts.

use super::words::words;

words! {
    /// A metric.
    pub enum Metric {
        /// A registration was started.
        RegistrationBegun = "registration_begun",
        /// A registration was completed. Counted in the hour in which it was started, so
        /// that no hour has more completed registrations than started ones.
        RegistrationFinished = "registration_finished",
        /// A password was wrong, whether or not the account exists.
        WrongPassword = "wrong_password",
        /// An emailed code was wrong, whatever it was for.
        WrongCode = "wrong_code",
        /// A second step failed.
        SecondStepFailed = "second_step_failed",
        /// An email was queued.
        MailQueued = "mail_queued",
    }
}

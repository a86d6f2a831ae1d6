//! The details that every new account needs.

use std::fmt;

use super::outcome::ServiceError;
use super::{email_domain_policy, username_policy};
use crate::crypto::hash_queue::HashSlot;
use crate::crypto::{PasswordContext, PasswordPolicy};
use crate::domain::{Email, EmailDomainPolicy, FieldErrors, Password, ReservedUsernames, Username};

/// The error message for every taken username.
pub const USERNAME_TAKEN: &str = "This username is taken. Try another one.";

/// The details of a new account, as typed.
#[derive(Clone, Copy)]
pub struct TypedSignUp<'a> {
    pub username: &'a str,
    pub email: &'a str,
    pub password: &'a str,
}

impl fmt::Debug for TypedSignUp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedSignUp(…)")
    }
}

/// The rules for the details of a new account, in addition to their syntax.
#[derive(Clone, Copy, Debug)]
pub struct SignUpRules<'a> {
    pub passwords: &'a PasswordPolicy,
    /// The rules for email domains, unless an administrator chose the email.
    pub emails: Option<&'a EmailDomainPolicy>,
    /// The rule for usernames, unless the command line chose the username.
    pub usernames: Option<&'a ReservedUsernames>,
}

/// The validated details of a new account.
#[derive(Clone, Debug)]
pub struct SignUpForm {
    pub username: Username,
    pub email: Email,
    pub password: Password,
}

impl SignUpForm {
    /// Parses the fields and applies the rules.
    ///
    /// # Errors
    /// An error for each invalid field, including a password that is easy to guess.
    pub async fn parse(typed: TypedSignUp<'_>, rules: SignUpRules<'_>, slot: &HashSlot) -> Result<Self, ServiceError> {
        let TypedSignUp { username, email, password } = typed;
        let mut errors = FieldErrors::default();
        let parsed_username = errors.check("username", Username::parse(username));
        if let (Some(reserved), Some(username)) = (rules.usernames, &parsed_username) {
            errors.check("username", username_policy::check(reserved, username));
        }
        let parsed_email = errors.check("email", Email::parse(email));
        if let (Some(rules), Some(email)) = (rules.emails, &parsed_email) {
            errors.check("email", email_domain_policy::check(rules, email));
        }
        let context = PasswordContext { username, email };
        let parsed_password = rules.passwords.parse(password, &context, slot, &mut errors).await?;
        match (parsed_username, parsed_email, parsed_password) {
            (Some(username), Some(email), Some(password)) if errors.is_empty() => {
                Ok(Self { username, email, password })
            }
            _ => Err(errors.into()),
        }
    }
}

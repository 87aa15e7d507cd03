//! `tollgate token new`: makes a token and prints it, once.

use clap::Args;
use tollgate_model::{GateName, NonBlankString, Person, TimeSpan, format_utc};
use tollgate_server::access::{CreatedToken, Role, TokenRecord, TokenRequest};

use super::{join_or, token_store};
use crate::cli::clock;
use crate::cli::known_gate::require_project_gate;
use crate::console;
use crate::current_project::{create_state_folder, require_project};
use crate::exit::Exit;
use crate::local_user::local_user;

/// Makes a token and prints it, this once: only a digest of it is kept.
///
/// The token alone goes to standard output, so that a script can take it. Everything that is done with it is recorded as
/// done by the person.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  TOKEN=$(tollgate token new "Webshop" --role submit --gate product-texts --for 90d)
  tollgate token new "Kim Osei" --role review --as legal --for 12h
  tollgate token new "Sam Reed" --role operate --role read --for 8h"#)]
pub(super) struct TokenNewCommand {
    /// Person or application that acts with the token.
    #[arg(value_name = "NAME")]
    person: Person,
    /// Role of the token: `submit` puts outputs through gates, `review` works on the queue, `operate` publishes releases
    /// and takes outputs back, and `read` reads everything; may be repeated.
    #[arg(long = "role", value_name = "ROLE", required = true)]
    roles: Vec<Role>,
    /// Gate that the token is for; may be repeated [default: all gates].
    #[arg(long = "gate", value_name = "GATE")]
    gates: Vec<GateName>,
    /// Role in which the person reviews, as gates name it; may be repeated.
    #[arg(long = "as", value_name = "ROLE")]
    reviewer_roles: Vec<NonBlankString>,
    /// Time until the token expires, such as `12h` or `90d`; at most `366d`.
    #[arg(long = "for", value_name = "SPAN")]
    lifetime: TimeSpan,
    /// Person who makes the token [default: the user who runs the tool].
    #[arg(long, value_name = "NAME")]
    by: Option<Person>,
}

impl TokenNewCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        for gate in &self.gates {
            require_project_gate(&project, gate)?;
        }
        let request = self.into_request();
        request.check()?;
        let store = token_store(&project);
        let is_first = !store.has_tokens()?;
        create_state_folder(&project)?;
        let CreatedToken { text, record } = store.create(request, clock::now_ms()?)?;
        console::print(text.reveal());
        console::note(describe_token(&record));
        console::note(format!(
            "it is shown only now: keep it where nobody else can read it. `tollgate token revoke {} --by NAME` ends it",
            record.id
        ));
        if is_first {
            console::note(
                "this is the first token: from now on the server asks every caller for one",
            );
        }
        Ok(Exit::Pass)
    }

    fn into_request(self) -> TokenRequest {
        TokenRequest {
            person: self.person,
            roles: self.roles.into_iter().collect(),
            gates: self.gates.into_iter().collect(),
            reviewer_roles: self.reviewer_roles.into_iter().collect(),
            lifetime: self.lifetime,
            created_by: self.by.unwrap_or_else(local_user),
        }
    }
}

/// Says what a token may do, and until when.
fn describe_token(token: &TokenRecord) -> String {
    let roles = join_or(&token.roles, "nothing");
    let reviewer = match token.reviewer_roles.is_empty() {
        true => String::new(),
        false => format!(" (as {})", join_or(&token.reviewer_roles, "")),
    };
    let gates = match token.gates.is_empty() {
        true => "all gates".into(),
        false => format!("gate {}", join_or(&token.gates, "")),
    };
    let (id, person, end) = (&token.id, &token.person, format_utc(token.expires_at_ms));
    format!("token `{id}` of {person}: {roles}{reviewer} at {gates}, until {end}")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Arguments {
        #[command(flatten)]
        new: TokenNewCommand,
    }

    fn parse(arguments: &[&str]) -> Result<TokenNewCommand, String> {
        let arguments = std::iter::once("new").chain(arguments.iter().copied());
        Ok(Arguments::try_parse_from(arguments).map_err(|error| error.to_string())?.new)
    }

    #[test]
    fn arguments_say_all_of_a_token() {
        let line =
            "Kim --role review --role submit --gate b --gate a --as legal --for 12h --by Sam";
        let request = parse(&line.split(' ').collect::<Vec<_>>()).unwrap().into_request();
        assert_eq!(request.roles, [Role::Submit, Role::Review].into());
        assert_eq!(request.gates.len(), 2);
        assert_eq!((request.person.as_str(), request.created_by.as_str()), ("Kim", "Sam"));
        assert_eq!(request.reviewer_roles, ["legal".parse().unwrap()].into());
        assert_eq!(request.lifetime, "12h".parse().unwrap());
    }

    #[test]
    fn a_role_and_an_end_are_needed() {
        for (arguments, missing) in [
            (&["Kim", "--for", "12h"][..], "--role <ROLE>"),
            (&["Kim", "--role", "read"], "--for <SPAN>"),
            (&["Kim", "--role", "admin", "--for", "12h"], "`admin` is not a role"),
        ] {
            let error = parse(arguments).err().unwrap();
            assert!(error.contains(missing), "{error}");
        }
    }
}

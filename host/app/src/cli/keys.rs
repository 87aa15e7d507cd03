//! `tollgate keys`: who signs here, and whose signatures count.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{ArgGroup, Args, Subcommand};
use tollgate_library::trust::{PublicKey, SecretKey};

use crate::exit::Exit;
use crate::project::{FILE, PUBLIC, Project, Purpose};
use crate::{console, files, folders};

const SECRET: &str = "key";
/// What people compare; programs compare all of it.
const SHOWN_DIGITS: usize = 16;

/// Makes keys, lists them, and says whose signatures a project trusts.
#[derive(Args)]
pub(super) struct Keys {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes a key to sign with: a secret one, which only you can read, and a public one beside it.
    ///
    /// Example: tollgate keys new acme-release --passphrase-file passphrase.txt
    New {
        /// What to call it.
        name: String,
        #[command(flatten)]
        own: Own,
    },
    /// Lists the keys to sign with, and those that the project trusts.
    List {
        #[command(flatten)]
        own: Own,
    },
    /// Trusts a public key, in the project of this folder, for what it is meant for and nothing else.
    ///
    /// Examples: tollgate keys trust acme-release.pub --for acme
    ///           tollgate keys trust auditor.pub --for-checkpoints
    #[command(group(ArgGroup::new("purpose").required(true).multiple(true)))]
    Trust {
        /// The public key.
        key: PathBuf,
        /// The namespace of packages that it may sign. One of the keys of a namespace has to
        /// have signed whatever is in it.
        #[arg(long = "for", value_name = "NAMESPACE", group = "purpose")]
        namespace: Option<String>,
        /// It may sign where the ledger ends (`tollgate log checkpoint`).
        #[arg(long, group = "purpose")]
        for_checkpoints: bool,
        /// It may sign what was decided of an output (`tollgate receipt show`).
        #[arg(long, group = "purpose")]
        for_receipts: bool,
    },
}

/// Where one's own keys are.
#[derive(Args, Clone)]
pub(super) struct Own {
    /// Where keys to sign with are kept [default: `tollgate/keys` in the user's folder of settings].
    #[arg(long, env = "TOLLGATE_KEYS", value_name = "DIR")]
    keys: Option<PathBuf>,
    /// The first line of this file protects the secret key. On a terminal, you are asked.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl Keys {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        match self.command {
            Command::New { name, own } => new(&name, &own),
            Command::List { own } => list(&own),
            Command::Trust { key, namespace, for_checkpoints, for_receipts } => {
                if let Some(namespace) = &namespace {
                    check_name(namespace)?;
                }
                let packages = namespace.map(Purpose::Packages);
                let checkpoints = for_checkpoints.then_some(Purpose::Checkpoints);
                let receipts = for_receipts.then_some(Purpose::Receipts);
                let purposes = [packages, checkpoints, receipts].into_iter().flatten();
                trust(&key, &purposes.collect::<Vec<_>>())
            }
        }
    }
}

fn new(name: &str, own: &Own) -> anyhow::Result<Exit> {
    check_name(name)?;
    let folder = own.folder()?;
    let (secret, public) = (own.path(name)?, folder.join(format!("{name}.{PUBLIC}")));
    let cannot = || format!("cannot write `{}`", secret.display());
    std::fs::create_dir_all(&folder).with_context(cannot)?;
    let passphrase = own.new_passphrase()?;
    if passphrase.is_none() {
        console::warn("no passphrase protects the key: whoever can read the file can sign");
    }
    let key = SecretKey::generate()?;
    key.write(&secret, passphrase.as_deref()).with_context(cannot)?;
    files::write(&public, key.public().to_pem()?.as_bytes())?;
    console::say(format!("{}  {}", console::paint(console::STRONG, name), key.public().id()));
    console::say(format!("  secret  {}", secret.display()));
    console::say(format!("  public  {}", public.display()));
    console::say(
        "Give the public one to those who shall trust it: `tollgate keys trust FILE --for NAMESPACE`, \
         `--for-checkpoints` or `--for-receipts`",
    );
    Ok(Exit::Pass)
}

fn list(own: &Own) -> anyhow::Result<Exit> {
    console::say(console::paint(console::STRONG, "to sign with"));
    let folder = own.folder()?;
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == SECRET))
        .collect();
    names.sort();
    for path in &names {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let public = PublicKey::from_pem(&files::read_text(&path.with_extension(PUBLIC))?)
            .with_context(|| format!("`{}`", path.with_extension(PUBLIC).display()))?;
        let protected = if SecretKey::is_protected(path)? { "protected" } else { "not protected" };
        console::say(format!("  {name:24}  {}  {protected}", short(&public)));
    }
    if names.is_empty() {
        console::say("  none: make one with `tollgate keys new NAME`");
    }
    console::say(console::paint(console::STRONG, "trusted here"));
    let Some(project) = Project::around(Path::new("."))? else {
        console::say(format!("  none: this folder has no project (`{FILE}`)"));
        return Ok(Exit::Pass);
    };
    for trusted in project.trusted()? {
        let purposes: Vec<_> = trusted.purposes.iter().map(ToString::to_string).collect();
        let purposes = if purposes.is_empty() { "nothing".into() } else { purposes.join(", ") };
        console::say(format!("  {:24}  {}  for {purposes}", trusted.name, short(&trusted.key)));
    }
    Ok(Exit::Pass)
}

fn trust(path: &Path, purposes: &[Purpose]) -> anyhow::Result<Exit> {
    let key = PublicKey::from_pem(&files::read_text(path)?)
        .with_context(|| format!("`{}` cannot be trusted", path.display()))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    check_name(&name)?;
    let Some(project) = Project::around(Path::new("."))? else {
        bail!("there is no `{FILE}` in this folder or around it: an empty one makes it a project");
    };
    let kept = project.key_path(&name);
    if kept.is_file() && files::read_text(&kept)? != key.to_pem()? {
        bail!(
            "`{}` is another key of this name: remove it first, if it is no longer trusted",
            kept.display()
        );
    }
    files::write(&kept, key.to_pem()?.as_bytes())?;
    for purpose in purposes {
        project.add_trust(purpose, &name)?;
        console::say(match purpose {
            Purpose::Packages(_) => format!(
                "{purpose} has to be signed from now on, by `{name}` or another of its keys"
            ),
            _ => format!("{purpose} count that `{name}` has signed"),
        });
    }
    console::say(format!("  {}", key.id()));
    Ok(Exit::Pass)
}

/// It becomes a file's name, and a key in TOML.
pub(super) fn check_name(name: &str) -> anyhow::Result<()> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if name.is_empty() || name.len() > 64 || !name.chars().all(is_plain) {
        bail!("`{name}` cannot be a name here: it should be up to 64 letters, digits, `-` and `_`");
    }
    Ok(())
}

fn short(key: &PublicKey) -> String {
    key.id().as_str().chars().take(SHOWN_DIGITS).collect()
}

/// Where one's own keys are kept.
pub(super) fn folder(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    let usual = folders::settings().map(|settings| settings.join("keys"));
    let named = named.map(Path::to_owned);
    named.or(usual).context("there is no folder for keys: name one with `--keys`")
}

impl Own {
    /// Reads a key of one's own.
    pub(super) fn key(&self, name: &str) -> anyhow::Result<SecretKey> {
        check_name(name)?;
        let path = self.path(name)?;
        let unusable = || format!("the key `{}` cannot be used", path.display());
        let passphrase = match SecretKey::is_protected(&path).with_context(unusable)? {
            true => self.passphrase(&format!("passphrase of `{name}`: "))?,
            false => None,
        };
        SecretKey::read(&path, passphrase.as_deref()).with_context(unusable)
    }

    fn path(&self, name: &str) -> anyhow::Result<PathBuf> {
        Ok(self.folder()?.join(format!("{name}.{SECRET}")))
    }

    fn folder(&self) -> anyhow::Result<PathBuf> {
        folder(self.keys.as_deref())
    }

    fn new_passphrase(&self) -> anyhow::Result<Option<String>> {
        let passphrase = self.passphrase("a passphrase to protect it with, or nothing: ")?;
        if self.passphrase_file.is_none() && passphrase.is_some() {
            let again = rpassword::prompt_password("the same again: ")?;
            if passphrase.as_ref() != Some(&again) {
                bail!("the two passphrases are not the same: nothing was made");
            }
        }
        Ok(passphrase)
    }

    fn passphrase(&self, question: &str) -> anyhow::Result<Option<String>> {
        let given = match &self.passphrase_file {
            Some(path) => files::read_text(path)?.lines().next().unwrap_or_default().to_owned(),
            None if std::io::stdin().is_terminal() => rpassword::prompt_password(question)?,
            None => String::new(),
        };
        Ok(Some(given).filter(|given| !given.is_empty()))
    }
}

//! `tollgate keys`: manages signing keys and the public keys that a project trusts.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{ArgGroup, Args, Subcommand};
use tollgate_packages::trust::{PublicKey, SecretKey};
use tollgate_project::{KeyPurpose, PROJECT_FILE, PUBLIC_KEY_EXTENSION};

use crate::current_project::find_project;
use crate::exit::Exit;
use crate::{console, environment, files};

const SECRET_EXTENSION: &str = "key";
/// Digits of a key's id that are shown to people; programs compare the whole id.
const SHORT_ID_DIGITS: usize = 16;

/// Creates and lists signing keys, and chooses the public keys that a project trusts.
#[derive(Args)]
pub(super) struct KeysCommand {
    #[command(subcommand)]
    command: KeysSubcommand,
}

#[derive(Subcommand)]
enum KeysSubcommand {
    /// Creates a signing key: a secret key that only you can read, and its public key beside it.
    #[command(after_long_help = "Example:
  tollgate keys new acme-release --passphrase-file passphrase.txt")]
    New {
        /// Name of the key.
        name: String,
        #[command(flatten)]
        key_args: SigningKeyArgs,
    },
    /// Lists the signing keys and the keys that the project trusts.
    #[command(after_long_help = "Example:
  tollgate keys list")]
    List {
        #[command(flatten)]
        key_args: SigningKeyArgs,
    },
    /// Trusts a public key in the current project, for the given purposes only.
    #[command(after_long_help = "Examples:
  tollgate keys trust acme-release.pub --for acme
  tollgate keys trust auditor.pub --for-checkpoints")]
    #[command(group(ArgGroup::new("purpose").required(true).multiple(true)))]
    Trust {
        /// File of the public key.
        key: PathBuf,
        /// Namespace whose packages the key may sign. From then on, every package of the namespace must
        /// be signed by one of its keys.
        #[arg(long = "for", value_name = "NAMESPACE", group = "purpose")]
        namespace: Option<String>,
        /// Accept checkpoints of the ledger signed by this key (`tollgate log checkpoint`).
        #[arg(long, group = "purpose")]
        for_checkpoints: bool,
        /// Accept receipts signed by this key (`tollgate receipt show`).
        #[arg(long, group = "purpose")]
        for_receipts: bool,
    },
}

/// Location and passphrase of the user's signing keys.
#[derive(Args, Clone)]
pub(super) struct SigningKeyArgs {
    /// Folder of the signing keys [default: `tollgate/keys` in the user's configuration folder].
    #[arg(long, env = environment::KEYS.name, hide_env_values = true, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// File whose first line is the passphrase of the secret key [default: ask on a terminal].
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl KeysCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        match self.command {
            KeysSubcommand::New { name, key_args } => create_key(&name, &key_args),
            KeysSubcommand::List { key_args } => list_keys(&key_args),
            KeysSubcommand::Trust { key, namespace, for_checkpoints, for_receipts } => {
                if let Some(namespace) = &namespace {
                    check_key_name(namespace)?;
                }
                let packages = namespace.map(KeyPurpose::Packages);
                let checkpoints = for_checkpoints.then_some(KeyPurpose::Checkpoints);
                let receipts = for_receipts.then_some(KeyPurpose::Receipts);
                let purposes = [packages, checkpoints, receipts].into_iter().flatten();
                trust_key(&key, &purposes.collect::<Vec<_>>())
            }
        }
    }
}

fn create_key(name: &str, key_args: &SigningKeyArgs) -> anyhow::Result<Exit> {
    check_key_name(name)?;
    let folder = key_args.folder()?;
    let (secret, public) =
        (key_args.secret_key_path(name)?, folder.join(format!("{name}.{PUBLIC_KEY_EXTENSION}")));
    if secret.exists() {
        bail!("the key `{}` already exists: choose another name", secret.display());
    }
    let cannot_write = || format!("cannot write `{}`", secret.display());
    // The folder is created before asking for a passphrase, so that a failure costs no typing.
    std::fs::create_dir_all(&folder).with_context(cannot_write)?;
    let passphrase = key_args.read_new_passphrase()?;
    if passphrase.is_none() {
        console::warn("the key has no passphrase: anybody who can read the file can sign with it");
    }
    let key = SecretKey::generate()?;
    key.write(&secret, passphrase.as_deref()).with_context(cannot_write)?;
    files::write(&public, key.public().to_pem()?.as_bytes())?;
    console::print(format!("{}  {}", console::paint(console::STRONG, name), key.public().id()));
    console::print(format!("  secret  {}", secret.display()));
    console::print(format!("  public  {}", public.display()));
    console::print(
        "Give the public key to those who should trust it: `tollgate keys trust FILE` with `--for NAMESPACE`, \
         `--for-checkpoints` or `--for-receipts`",
    );
    Ok(Exit::Pass)
}

fn list_keys(key_args: &SigningKeyArgs) -> anyhow::Result<Exit> {
    console::print(console::paint(console::STRONG, "signing keys"));
    let folder = key_args.folder()?;
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == SECRET_EXTENSION))
        .collect();
    names.sort();
    for path in &names {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let public =
            PublicKey::from_pem(&files::read_text(&path.with_extension(PUBLIC_KEY_EXTENSION))?)
                .with_context(|| {
                    format!("`{}`", path.with_extension(PUBLIC_KEY_EXTENSION).display())
                })?;
        let protected = if SecretKey::is_protected(path)? { "protected" } else { "not protected" };
        console::print(format!("  {name:24}  {}  {protected}", short_key_id(&public)));
    }
    if names.is_empty() {
        console::print("  none: create one with `tollgate keys new NAME`");
    }
    console::print(console::paint(console::STRONG, "trusted keys"));
    let Some(project) = find_project()? else {
        console::print(format!("  none: this folder is not in a project (no `{PROJECT_FILE}`)"));
        return Ok(Exit::Pass);
    };
    for trusted in project.trusted_keys()? {
        let purposes: Vec<_> = trusted.purposes.iter().map(ToString::to_string).collect();
        let purposes = if purposes.is_empty() { "nothing".into() } else { purposes.join(", ") };
        console::print(format!(
            "  {:24}  {}  for {purposes}",
            trusted.name,
            short_key_id(&trusted.key)
        ));
    }
    Ok(Exit::Pass)
}

fn trust_key(path: &Path, purposes: &[KeyPurpose]) -> anyhow::Result<Exit> {
    let key = PublicKey::from_pem(&files::read_given_text(path)?)
        .with_context(|| format!("`{}` is not a usable public key", path.display()))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    check_key_name(&name)?;
    let Some(project) = find_project()? else {
        bail!(
            "there is no `{PROJECT_FILE}` in this folder or above it: create one, which may be empty, to make it a project"
        );
    };
    let trusted_path = project.key_path(&name);
    // Replacing the key silently would transfer the old key's trust to the new one.
    if trusted_path.is_file() && files::read_text(&trusted_path)? != key.to_pem()? {
        bail!(
            "`{}` is a different key with this name: remove it first if it is no longer trusted",
            trusted_path.display()
        );
    }
    files::write(&trusted_path, key.to_pem()?.as_bytes())?;
    for purpose in purposes {
        project.add_trust(purpose, &name)?;
        console::print(match purpose {
            KeyPurpose::Packages(_) => format!(
                "{purpose} must be signed from now on, by `{name}` or another key trusted for them"
            ),
            _ => format!("{purpose} signed by `{name}` are accepted"),
        });
    }
    console::print(format!("  {}", key.id()));
    Ok(Exit::Pass)
}

/// Checks a name that becomes a file name and a TOML key.
pub(super) fn check_key_name(name: &str) -> anyhow::Result<()> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if name.is_empty() || name.len() > 64 || !name.chars().all(is_plain) {
        bail!("`{name}` is not a valid name: use up to 64 letters, digits, `-` and `_`");
    }
    Ok(())
}

fn short_key_id(key: &PublicKey) -> String {
    key.id().as_str().chars().take(SHORT_ID_DIGITS).collect()
}

/// Returns the folder of the signing keys: the given one, or the one in the user's settings.
pub(super) fn keys_folder(folder: Option<&Path>) -> anyhow::Result<PathBuf> {
    let folder = folder.map(Path::to_owned).or_else(environment::default_keys_folder);
    folder.context("no folder for keys: set one with `--keys`")
}

impl SigningKeyArgs {
    /// Reads a signing key, asking for its passphrase if it has one.
    pub(super) fn read_key(&self, name: &str) -> anyhow::Result<SecretKey> {
        check_key_name(name)?;
        let path = self.secret_key_path(name)?;
        if !path.exists() {
            bail!(
                "there is no key `{name}`: `{}` is missing\n  make one with `tollgate keys new {name}`, or name the folder \
                 that has it with `--keys`",
                path.display()
            );
        }
        let unusable = || format!("the key `{}` cannot be used", path.display());
        let passphrase = match SecretKey::is_protected(&path).with_context(unusable)? {
            true => self.read_passphrase(&format!("passphrase of `{name}`: "))?,
            false => None,
        };
        SecretKey::read(&path, passphrase.as_deref()).with_context(unusable)
    }

    fn secret_key_path(&self, name: &str) -> anyhow::Result<PathBuf> {
        Ok(self.folder()?.join(format!("{name}.{SECRET_EXTENSION}")))
    }

    fn folder(&self) -> anyhow::Result<PathBuf> {
        keys_folder(self.keys.as_deref())
    }

    fn read_new_passphrase(&self) -> anyhow::Result<Option<String>> {
        let passphrase = self.read_passphrase("passphrase for the new key (empty for none): ")?;
        // Only a typed passphrase can contain a typing error.
        if self.passphrase_file.is_none() && passphrase.is_some() {
            let again = rpassword::prompt_password("repeat the passphrase: ")?;
            if passphrase.as_ref() != Some(&again) {
                bail!("the passphrases differ: no key was created");
            }
        }
        Ok(passphrase)
    }

    fn read_passphrase(&self, question: &str) -> anyhow::Result<Option<String>> {
        let passphrase = match &self.passphrase_file {
            Some(path) => {
                files::read_given_text(path)?.lines().next().unwrap_or_default().to_owned()
            }
            None if std::io::stdin().is_terminal() => rpassword::prompt_password(question)?,
            None => String::new(),
        };
        Ok(Some(passphrase).filter(|passphrase| !passphrase.is_empty()))
    }
}

//! `tollgate serve`: the gates of a project over HTTP.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};
use tollgate_model::Person;
use tollgate_project::Project;
use tollgate_server::signals::alerts::WebhookSettings;
use tollgate_server::signals::otlp::{Telemetry, TelemetrySettings};
use tollgate_server::{ServerSettings, TlsFiles};
use tracing::level_filters::LevelFilter;

use super::keys::SigningKeyArgs;
use crate::current_project::{self, create_state_folder, state_folder};
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::local_user::local_user;
use crate::{console, environment, host_access};

/// Serves the gates of a project over HTTP: applications put their outputs through them, and people review and operate.
///
/// The first line on standard output says where the server listens. Without any token it answers programs on this machine
/// only, and every caller is the person who runs it; `tollgate token new` makes tokens. Changes of the project's files are
/// prepared and proven while outputs are checked, and become active when somebody publishes them (`tollgate release`), or at
/// once with `[serve] publish = "automatic"` in `tollgate.toml`. `GET /openapi.json` describes all addresses.
///
/// SIGTERM and Ctrl-C end the server once running requests are answered.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  tollgate serve
  tollgate serve newsletter --listen 127.0.0.1:0
  tollgate serve --listen 0.0.0.0:443 --tls-cert cert.pem --tls-key key.pem"#)]
pub(super) struct ServeCommand {
    /// Folder of the project [default: the project of the current folder].
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Address and port to listen on. Port 0 chooses a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7788")]
    listen: SocketAddr,
    /// Certificate of the server in PEM, followed by those that it was signed with.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Key of the certificate in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Name of your signing key, which signs receipts and checkpoints. Without one the server writes neither.
    #[arg(long, value_name = "NAME")]
    signing_key: Option<String>,
    #[command(flatten)]
    signing_key_args: SigningKeyArgs,
    /// Address that is told when alerts begin and end. Messages are signed with the secret in `TOLLGATE_ALERT_SECRET`, as
    /// standardwebhooks.com describes.
    #[arg(
        long,
        value_name = "URL",
        env = environment::ALERT_WEBHOOK.name,
        hide_env_values = true
    )]
    alert_webhook: Option<String>,
    /// Person who runs the server [default: the user of this machine].
    #[arg(long, value_name = "NAME")]
    by: Option<Person>,
    /// Least important messages that are logged to standard error.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log: LogLevel,
    #[command(flatten)]
    ledger: LedgerArgs,
}

/// Importance of a message.
#[derive(Clone, Copy, ValueEnum)]
enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
}

impl ServeCommand {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let project = match &self.folder {
            Some(folder) => Project::open(Path::new(folder))?,
            None => current_project::require_project()?,
        };
        let alert_webhook = self.alert_webhook()?;
        // Read before anything starts, because its passphrase may have to be typed.
        let signing = self.signing_key.as_deref().map(|name| self.signing_key_args.read_key(name));
        let signing = signing.transpose()?.map(Arc::new);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let telemetry = {
            let _entered = runtime.enter();
            start_telemetry()?
        };
        self.start_log(telemetry.as_ref());
        let tls = self.tls_cert.zip(self.tls_key);
        create_state_folder(&project)?;
        let operator = self.by.unwrap_or_else(local_user);
        let mut settings = ServerSettings::new(self.listen, state_folder(&project), operator);
        settings.tls = tls.map(|(certificates, key)| TlsFiles { certificates, key });
        settings.signing = signing;
        (settings.alert_webhook, settings.telemetry) = (alert_webhook, telemetry.clone());
        let host = host_access::open_host_of(project, &self.ledger, cache)?;
        runtime.block_on(async {
            let served = serve(host, settings).await;
            if let Some(telemetry) = telemetry {
                telemetry.shut_down().await;
            }
            served
        })?;
        Ok(Exit::Pass)
    }

    /// Returns the webhook for alerts, if there is one.
    fn alert_webhook(&self) -> anyhow::Result<Option<WebhookSettings>> {
        let Some(url) = &self.alert_webhook else { return Ok(None) };
        let secret = environment::alert_secret().with_context(|| {
            let variable = environment::ALERT_SECRET.name;
            format!("no secret signs the messages for `--alert-webhook`: set `{variable}`")
        })?;
        Ok(Some(WebhookSettings::new(url, secret.parse()?)?))
    }

    fn start_log(&self, telemetry: Option<&Telemetry>) {
        let level = match self.log {
            LogLevel::Error => LevelFilter::ERROR,
            LogLevel::Warn => LevelFilter::WARN,
            LogLevel::Info => LevelFilter::INFO,
            LogLevel::Debug => LevelFilter::DEBUG,
        };
        console::start_log(level, telemetry.map(Telemetry::layer));
    }
}

/// Starts to export signals, if the variables of OpenTelemetry ask for it.
fn start_telemetry() -> anyhow::Result<Option<Telemetry>> {
    let settings = TelemetrySettings::from_variables(environment::telemetry_variable)?;
    Ok(settings.map(Telemetry::start).transpose()?)
}

async fn serve(host: tollgate::Host, settings: ServerSettings) -> anyhow::Result<()> {
    // Asked for before the server listens, so that no signal is missed.
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    let server = tollgate_server::start(host, settings).await?;
    console::print(format!("listening on {scheme}://{}", server.address()));
    if server.is_open() {
        console::note(
            "there are no tokens: programs on this machine may do everything, as the person who runs this server\n  \
             `tollgate token new NAME --role submit --for 12h` makes a token; from then on every request needs one",
        );
    }
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot wait for Ctrl-C")?,
        _ = terminate.recv() => {}
    }
    console::note("shutting down: running requests are answered first");
    server.shut_down().await;
    Ok(())
}

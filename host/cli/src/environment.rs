//! The environment variables that the tool reads, each declared once. No other module reads the environment.

use std::path::PathBuf;

use tollgate_packages::registry::{CredentialSettings, Secret};

/// An environment variable, as `docs/environment.md` describes it.
#[cfg_attr(not(test), expect(dead_code, reason = "a test makes the document of all fields"))]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    purpose: &'static str,
    /// Value or behaviour if it is unset or empty.
    default: &'static str,
}

pub(crate) const CACHE: Variable = Variable {
    name: "TOLLGATE_CACHE",
    purpose: "Folder for compiled contracts and build tools; the same as `--cache`",
    default: "`tollgate` in the user's cache folder",
};
pub(crate) const STORE: Variable = Variable {
    name: "TOLLGATE_STORE",
    purpose: "Folder of the packages on this machine",
    default: "`tollgate/store` in the user's data folder",
};
pub(crate) const KEYS: Variable = Variable {
    name: "TOLLGATE_KEYS",
    purpose: "Folder of your signing keys; the same as `--keys`",
    default: "`tollgate/keys` in the user's configuration folder",
};
pub(crate) const LEDGER: Variable = Variable {
    name: "TOLLGATE_LEDGER",
    purpose: "Ledger file; the same as `--ledger`",
    default: "`.tollgate/ledger.db` in the project",
};
pub(crate) const REGISTRY_HOST: Variable = Variable {
    name: "TOLLGATE_REGISTRY_HOST",
    purpose: "Host of the registry that the user name, password or token is for",
    default: "the registry in use, if there is only one",
};
pub(crate) const REGISTRY_USER: Variable = Variable {
    name: "TOLLGATE_REGISTRY_USER",
    purpose: "User name for a registry",
    default: "the credentials of `docker login` or `podman login`",
};
pub(crate) const REGISTRY_PASSWORD: Variable = Variable {
    name: "TOLLGATE_REGISTRY_PASSWORD",
    purpose: "Password for a registry",
    default: "the credentials of `docker login` or `podman login`",
};
pub(crate) const REGISTRY_TOKEN: Variable = Variable {
    name: "TOLLGATE_REGISTRY_TOKEN",
    purpose: "Access token for a registry, in place of user name and password",
    default: "the credentials of `docker login` or `podman login`",
};
const REGISTRY_AUTH_FILE: Variable = Variable {
    name: "REGISTRY_AUTH_FILE",
    purpose: "Credential file, searched before those of docker and podman",
    default: "none",
};
const DOCKER_CONFIG: Variable = Variable {
    name: "DOCKER_CONFIG",
    purpose: "Folder of docker's credential file `config.json`",
    default: "`.docker` in the home folder",
};
const XDG_RUNTIME_DIR: Variable = Variable {
    name: "XDG_RUNTIME_DIR",
    purpose: "Folder of podman's credential file `containers/auth.json`",
    default: "podman's credentials are not used",
};
const XDG_CACHE_HOME: Variable = Variable {
    name: "XDG_CACHE_HOME",
    purpose: "The user's cache folder",
    default: "`.cache` in the home folder",
};
const XDG_CONFIG_HOME: Variable = Variable {
    name: "XDG_CONFIG_HOME",
    purpose: "The user's configuration folder",
    default: "`.config` in the home folder",
};
const XDG_DATA_HOME: Variable = Variable {
    name: "XDG_DATA_HOME",
    purpose: "The user's data folder",
    default: "`.local/share` in the home folder",
};
const HOME: Variable = Variable {
    name: "HOME",
    purpose: "The user's home folder",
    default: "the home folder in the system's list of users",
};
const CARGO_HOME: Variable = Variable {
    name: "CARGO_HOME",
    purpose: "Folder in which cargo stores the sources of dependencies, whose path is kept out of components",
    default: "`.cargo` in the home folder",
};
const TEMPORARY_FOLDER: Variable = Variable {
    name: "TMPDIR",
    purpose: "Folder for the temporary files of builds",
    default: "`/tmp`",
};
const USER: Variable = Variable {
    name: "USER",
    purpose: "Person who runs the tool, recorded with what they do",
    default: "`LOGNAME`",
};
const LOGNAME: Variable = Variable {
    name: "LOGNAME",
    purpose: "The same, if `USER` is unset",
    default: "`unknown user`",
};

pub(crate) const ALERT_WEBHOOK: Variable = Variable {
    name: "TOLLGATE_ALERT_WEBHOOK",
    purpose: "Address that `tollgate serve` tells when alerts begin and end; the same as `--alert-webhook`",
    default: "nobody is told",
};
pub(crate) const ALERT_SECRET: Variable = Variable {
    name: "TOLLGATE_ALERT_SECRET",
    purpose: "Secret that messages to that address are signed with: `whsec_` and base64",
    default: "no message can be sent",
};

/// Variables of OpenTelemetry that the server uses, with the meaning of its specification.
const TELEMETRY: [Variable; 17] = [
    Variable {
        name: "OTEL_EXPORTER_OTLP_ENDPOINT",
        purpose: "Address of an OpenTelemetry collector that `tollgate serve` exports traces, metrics and logs to",
        default: "nothing is exported",
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        purpose: "Complete address for traces",
        default: "`/v1/traces` at the collector",
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        purpose: "Complete address for metrics",
        default: "`/v1/metrics` at the collector",
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
        purpose: "Complete address for logs",
        default: "`/v1/logs` at the collector",
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_HEADERS",
        purpose: "Headers for the collector, as `name=value,name=value`",
        default: "none",
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
        purpose: "Further headers for traces",
        default: "none",
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
        purpose: "Further headers for metrics",
        default: "none",
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_LOGS_HEADERS",
        purpose: "Further headers for logs",
        default: "none",
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_PROTOCOL",
        purpose: "Protocol of the export; only `http/protobuf` is supported",
        default: "`http/protobuf`",
    },
    Variable {
        name: "OTEL_TRACES_EXPORTER",
        purpose: "`none` exports no traces",
        default: "`otlp`",
    },
    Variable {
        name: "OTEL_METRICS_EXPORTER",
        purpose: "`none` exports no metrics",
        default: "`otlp`",
    },
    Variable { name: "OTEL_LOGS_EXPORTER", purpose: "`none` exports no logs", default: "`otlp`" },
    Variable {
        name: "OTEL_SERVICE_NAME",
        purpose: "Name of the server in exported signals",
        default: "`tollgate`",
    },
    Variable {
        name: "OTEL_RESOURCE_ATTRIBUTES",
        purpose: "Further attributes of the server, as `name=value,name=value`",
        default: "none",
    },
    Variable {
        name: "OTEL_TRACES_SAMPLER",
        purpose: "Traces that are recorded: `always_on`, `always_off` or `traceidratio`, each also with `parentbased_` before it",
        default: "`parentbased_always_on`",
    },
    Variable {
        name: "OTEL_TRACES_SAMPLER_ARG",
        purpose: "Share of the traces for `traceidratio`, from 0 to 1",
        default: "`1`",
    },
    Variable {
        name: "OTEL_METRIC_EXPORT_INTERVAL",
        purpose: "Milliseconds between two exports of metrics",
        default: "`60000`",
    },
];

/// Returns the value of a variable of OpenTelemetry.
pub(crate) fn telemetry_variable(name: &str) -> Option<String> {
    text(TELEMETRY.iter().find(|variable| variable.name == name)?)
}

/// Returns the secret that messages about alerts are signed with.
pub(crate) fn alert_secret() -> Option<String> {
    text(&ALERT_SECRET)
}

/// Returns the value of a variable. An empty variable counts as unset, and so does one that is not UTF-8.
fn text(variable: &Variable) -> Option<String> {
    folder(variable)?.into_os_string().into_string().ok()
}

/// Returns the path that a variable names. An empty variable counts as unset.
fn folder(variable: &Variable) -> Option<PathBuf> {
    std::env::var_os(variable.name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn home_folder() -> Option<PathBuf> {
    // `home_dir` looks into the system's list of users.
    folder(&HOME).or_else(std::env::home_dir)
}

/// Returns this tool's folder in one of the user's folders according to the XDG base directory specification: the one
/// that a variable names, or the usual one in the home folder.
fn tollgate_folder(variable: &Variable, usual: &str) -> Option<PathBuf> {
    let base = folder(variable).or_else(|| Some(home_folder()?.join(usual)));
    base.map(|base| base.join("tollgate"))
}

/// Returns the usual folder for compiled contracts and build tools.
pub(crate) fn default_cache_folder() -> Option<PathBuf> {
    tollgate_folder(&XDG_CACHE_HOME, ".cache")
}

/// Returns the usual folder for signing keys.
pub(crate) fn default_keys_folder() -> Option<PathBuf> {
    tollgate_folder(&XDG_CONFIG_HOME, ".config").map(|settings| settings.join("keys"))
}

/// Returns the folder of the package store, or `None` if none is known.
pub(crate) fn store_folder() -> Option<PathBuf> {
    let usual = || tollgate_folder(&XDG_DATA_HOME, ".local/share").map(|data| data.join("store"));
    folder(&STORE).or_else(usual)
}

/// Returns the credentials for registries.
pub(crate) fn registry_credentials() -> CredentialSettings {
    let docker = folder(&DOCKER_CONFIG).or_else(|| Some(home_folder()?.join(".docker")));
    let docker = docker.map(|folder| folder.join("config.json"));
    let podman = folder(&XDG_RUNTIME_DIR).map(|folder| folder.join("containers/auth.json"));
    CredentialSettings {
        host: text(&REGISTRY_HOST),
        user: text(&REGISTRY_USER),
        password: text(&REGISTRY_PASSWORD).map(Secret::new),
        token: text(&REGISTRY_TOKEN).map(Secret::new),
        files: [folder(&REGISTRY_AUTH_FILE), docker, podman].into_iter().flatten().collect(),
    }
}

/// Returns the folders in which cargo may store the sources of dependencies.
pub(crate) fn cargo_homes() -> Vec<PathBuf> {
    let usual = home_folder().map(|home| home.join(".cargo"));
    [folder(&CARGO_HOME), usual].into_iter().flatten().collect()
}

pub(crate) fn temporary_folder() -> PathBuf {
    folder(&TEMPORARY_FOLDER).unwrap_or_else(std::env::temp_dir)
}

/// Returns the name of the current user. As in git, the machine's word is trusted.
pub(crate) fn user_name() -> Option<String> {
    text(&USER).or_else(|| text(&LOGNAME))
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fmt::Write as _;
    use std::path::Path;

    use super::*;

    const OWN: [&Variable; 21] = [
        &CACHE,
        &STORE,
        &KEYS,
        &LEDGER,
        &REGISTRY_HOST,
        &REGISTRY_USER,
        &REGISTRY_PASSWORD,
        &REGISTRY_TOKEN,
        &REGISTRY_AUTH_FILE,
        &DOCKER_CONFIG,
        &XDG_RUNTIME_DIR,
        &XDG_CACHE_HOME,
        &XDG_CONFIG_HOME,
        &XDG_DATA_HOME,
        &HOME,
        &CARGO_HOME,
        &TEMPORARY_FOLDER,
        &USER,
        &LOGNAME,
        &ALERT_WEBHOOK,
        &ALERT_SECRET,
    ];

    fn all() -> impl Iterator<Item = &'static Variable> {
        OWN.into_iter().chain(&TELEMETRY)
    }

    const INTRODUCTION: &str = "\
<!-- Generated from the code by `UPDATE=1 cargo nextest run environment`. Do not edit. -->

# Environment variables

The tool reads these variables and no others. An empty variable counts as unset. Where an option sets the same, the
option comes first. Compilers that `tollgate build` runs get the whole environment.

| variable | purpose | if unset |
|---|---|---|
";

    fn document() -> String {
        let mut text = INTRODUCTION.to_owned();
        for Variable { name, purpose, default } in all() {
            writeln!(text, "| `{name}` | {purpose} | {default} |").unwrap();
        }
        text.push_str(
            "\nThe libraries that it is built with follow the usual ones: `NO_COLOR` and `CLICOLOR` for colours, \
             `HTTPS_PROXY`\nand `NO_PROXY` for connections, `SSL_CERT_FILE` for certificates, and `PATH` for programs.\n",
        );
        text
    }

    /// Compares a document with what the code says, or writes it if `UPDATE` is set.
    pub(crate) fn assert_document(name: &str, expected: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, expected).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(found == expected, "docs/{name} is out of date: run this test with `UPDATE=1`");
    }

    #[test]
    fn document_of_environment_variables_is_up_to_date() {
        assert_document("environment.md", &document());
    }

    #[test]
    fn every_variable_is_declared_once() {
        let mut names: Vec<_> = all().map(|variable| variable.name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all().count());
    }

    #[test]
    fn every_variable_that_the_server_asks_for_is_declared() {
        let declared = TELEMETRY.map(|variable| variable.name);
        assert_eq!(declared, tollgate_server::signals::otlp::TELEMETRY_VARIABLES);
    }

    #[test]
    fn no_other_module_reads_the_environment() {
        fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => sources(&path, found),
                    false => found.push(path),
                }
            }
        }
        let mut files = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        for file in files.iter().filter(|file| !file.ends_with("src/environment.rs")) {
            let text = std::fs::read_to_string(file).unwrap();
            for reading in ["env::var", "env::home_dir", "env::temp_dir", "env = \""] {
                assert!(!text.contains(reading), "{} has `{reading}`", file.display());
            }
        }
    }
}

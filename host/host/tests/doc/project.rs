// The examples in the documentation include this file.

/// Opens a host of a project in a temporary folder, with the gate `welcome-email` and an empty ledger.
fn open_host() -> Result<(tempfile::TempDir, tollgate::Host), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("tollgate.toml"), "")?;
    std::fs::create_dir(folder.path().join("gates"))?;
    let gate = tollgate_govern::example::WELCOME_EMAIL;
    std::fs::write(folder.path().join("gates/welcome-email.toml"), gate)?;
    let ledger = tollgate_ledger_sqlite::SqliteLedger::open(&folder.path().join("ledger.db"))?;
    let project = tollgate::Project::open(folder.path())?;
    let host = tollgate::Host::builder(project).ledger(std::sync::Arc::new(ledger)).build();
    Ok((folder, host))
}

//! What a judgement costs, beside the same work done natively: one run, side by side. The page is
//! printed, and written to the file that is named.
//!
//! Machines are noisy, so every figure is the best of several rounds, rounds of what is
//! compared take turns, and what counts is the ratio.

mod cold;
mod deciding;
mod floor;
mod full;
mod knobs;
mod loading;
mod machine;
mod measure;
mod natively;
mod page;
mod resolving;
mod sandbox;
mod stored;
mod threads;
mod workload;

fn main() -> anyhow::Result<()> {
    let path = std::env::args_os().nth(1);
    let workload = workload::Workload::find()?;
    let mut page = page::Page::new(&machine::describe(), workload.origin);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(async {
        sandbox::run(&mut page).await?;
        full::run(&workload, &mut page).await?;
        knobs::run(&workload, &mut page).await?;
        loading::run(&mut page).await?;
        resolving::run(&mut page).await?;
        stored::run(&mut page).await?;
        anyhow::Ok(())
    })?;
    deciding::run(&mut page)?;
    threads::run(&workload, &mut page)?;
    cold::run(&mut page)?;
    match path {
        Some(path) => Ok(std::fs::write(path, page.finish())?),
        None => Ok(()),
    }
}

//! Benchmarks: the cost of a judgement, compared with the same work done natively in the same
//! run. The page of results is printed, and written to the file named as argument.
//!
//! Machines are noisy, so every figure is the best of several rounds, and compared work runs in
//! turns. Only the ratios are meaningful.

mod cold;
mod deciding;
mod floor;
mod full;
mod knobs;
mod loading;
mod machine;
mod measure;
mod native;
mod page;
mod resolving;
mod sandbox;
mod stored;
mod threads;
mod workload;

fn main() -> anyhow::Result<()> {
    let path = std::env::args_os().nth(1);
    let workload = workload::Workload::load()?;
    let mut page = page::Page::new(&machine::describe_machine(), workload.origin);
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

//! A compile process, for programs that embed the engine and cannot start themselves as one.

fn main() -> std::io::Result<()> {
    tollgate_engine::compile_worker::run()
}

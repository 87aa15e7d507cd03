//! The one macro: from plain functions to an exported component.

/// Makes the crate a contract.
///
/// `contract!(Config, judge)` takes a configuration type and a function
/// `fn judge(config: &Config, subject: &Subject) -> Result<Report, Refusal>`.
///
/// `contract!(Config, configure, judge)` puts a step between them that runs once
/// and may be slow: `fn configure(config: Config) -> Result<State, Refusal>`, and
/// `judge` takes a `&State`. The host keeps what `configure` built, and every
/// judgement starts from it.
///
/// `Config` implements [`serde::Deserialize`] and [`schemars::JsonSchema`]. Outside
/// WebAssembly the macro expands to nothing: test the functions as they are.
#[macro_export]
macro_rules! contract {
    ($config:ty, $judge:path) => {
        $crate::contract!($config, $crate::private::keep::<$config>, $judge);
    };
    ($config:ty, $configure:path, $judge:path) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            use $crate::private::{self, bindings};

            struct Contract;

            impl private::Guest for Contract {
                fn configure(config: String) -> Result<(), $crate::Refusal> {
                    private::configure::<$config, _>(&config, $configure, $judge)
                }

                fn judge(subject: $crate::Subject) -> Result<$crate::Report, $crate::Refusal> {
                    private::judge(&subject)
                }
            }

    bindings::export!(Contract with_types_in bindings);

            // Called by `tollgate build` alone, before the module becomes a component.
            #[unsafe(export_name = "tollgate-config-schema")]
            extern "C" fn config_schema() -> u64 {
                private::config_schema::<$config>()
            }
        };
    };
}

/// What the macro expands to. Not for authors: it may change with every release.
pub mod private {
    use std::cell::OnceCell;

    use schemars::{JsonSchema, generate::SchemaSettings};
    use serde::de::DeserializeOwned;

    pub use crate::bindings;
    pub use crate::bindings::exports::tollgate::contract::judge::Guest;
    use crate::{BadConfig, Refusal, Report, Subject};

    type Judge = Box<dyn Fn(&Subject) -> Result<Report, Refusal>>;

    thread_local! {
        /// The configured contract. A sandbox has one thread and one configuration.
        static CONTRACT: OnceCell<Judge> = const { OnceCell::new() };
    }

    /// For contracts whose configuration needs no preparing.
    pub fn keep<C>(config: C) -> Result<C, Refusal> {
        Ok(config)
    }

    pub fn configure<C: DeserializeOwned, S: 'static>(
        config: &str,
        configure: fn(C) -> Result<S, Refusal>,
        judge: fn(&S, &Subject) -> Result<Report, Refusal>,
    ) -> Result<(), Refusal> {
        crate::last_words::listen();
        let config = serde_json::from_str(config).map_err(|error| {
            Refusal::BadConfig(BadConfig { pointer: String::new(), reason: error.to_string() })
        })?;
        let state = configure(config)?;
        let contract: Judge = Box::new(move |subject| judge(&state, subject));
        CONTRACT
            .with(|slot| slot.set(contract))
            .map_err(|_| Refusal::Broken("configured twice".into()))
    }

    pub fn judge(subject: &Subject) -> Result<Report, Refusal> {
        CONTRACT.with(|slot| match slot.get() {
            Some(contract) => contract(subject),
            None => Err(Refusal::Broken("judged before it was configured".into())),
        })
    }

    /// Where the schema lies in memory: its address in the upper half, its length in
    /// the lower. It is leaked, because this instance does nothing else.
    pub fn config_schema<C: JsonSchema>() -> u64 {
        let generator = SchemaSettings::draft2020_12().into_generator();
        let schema = generator.into_root_schema_for::<C>().to_value().to_string();
        let bytes = schema.into_bytes().leak();
        (bytes.as_ptr() as u64) << 32 | bytes.len() as u64
    }
}

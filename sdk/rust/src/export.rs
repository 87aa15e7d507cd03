//! The macro that exports plain functions as a contract, and the functions that it expands to.

/// Exports functions as the contract of this crate.
///
/// `contract!(Config, judge)` takes a configuration type and a function
/// `fn judge(config: &Config, subject: &Subject) -> Result<Report, Refusal>`.
///
/// `contract!(Config, configure, judge)` adds a step that runs once and may be slow:
/// `fn configure(config: Config) -> Result<State, Refusal>`. `judge` then takes a `&State`.
/// The host keeps the state, and every judgement starts from it.
///
/// `contract!(Config, configure, judge, begin)` can also judge a text while it is still
/// being written: `fn begin(state: &'static State, subject: &Subject) -> Result<S, Refusal>`
/// returns a [`Session`](crate::Session). The `contract.toml` must say `stream = true`.
///
/// `Config` implements [`serde::Deserialize`] and [`schemars::JsonSchema`]. Outside
/// WebAssembly the macro expands to nothing: test the functions as they are.
#[macro_export]
macro_rules! contract {
    ($config:ty, $judge:path) => {
        $crate::contract!($config, $crate::private::keep::<$config>, $judge);
    };
    ($config:ty, $configure:path, $judge:path) => {
        $crate::contract!(@judge $config, $crate::private::configure::<$config, _>, $configure, $judge);
    };
    ($config:ty, $configure:path, $judge:path, $begin:path) => {
        $crate::contract!(
            @judge $config,
            $crate::private::configure_streaming::<$config, _, _>, $configure, $judge, $begin
        );
        $crate::contract!(@stream);
    };
    (@judge $config:ty, $prepare:path, $($function:path),*) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            use $crate::private::{self, bindings};

            struct Contract;

            impl private::Guest for Contract {
                fn configure(config: String) -> Result<(), $crate::Refusal> {
                    $prepare(&config, $($function),*)
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
    (@stream) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            use $crate::private::{self, stream_bindings};

            struct Contract;

            impl private::StreamGuest for Contract {
                fn begin(subject: $crate::Subject) -> Result<(), $crate::Refusal> {
                    private::begin(&subject)
                }

                fn push(part: String) -> Result<$crate::Progress, $crate::Refusal> {
                    private::push(&part)
                }

                fn finish() -> Result<$crate::Report, $crate::Refusal> {
                    private::finish()
                }
            }

            stream_bindings::export!(Contract with_types_in stream_bindings);
        };
    };
}

/// Functions that the macro expands to. They are not part of the API and may change with every
/// release.
#[expect(missing_docs)]
pub mod private {
    use std::cell::{OnceCell, RefCell};

    use schemars::{JsonSchema, generate::SchemaSettings};
    use serde::de::DeserializeOwned;

    pub use crate::bindings;
    pub use crate::bindings::exports::tollgate::contract::judge::Guest;
    pub use crate::stream_bindings;
    pub use crate::stream_bindings::exports::tollgate::contract::judge_stream::Guest as StreamGuest;
    use crate::{BadConfig, Progress, Refusal, Report, Session, Subject};

    type Judge = Box<dyn Fn(&Subject) -> Result<Report, Refusal>>;
    type Begin = Box<dyn Fn(&Subject) -> Result<Box<dyn AnySession>, Refusal>>;

    /// Contract after `configure`.
    struct Configured {
        judge: Judge,
        begin: Option<Begin>,
    }

    /// Object-safe form of [`Session`], whose `finish` takes it by value.
    trait AnySession {
        fn push(&mut self, part: &str) -> Result<Progress, Refusal>;
        fn finish(self: Box<Self>) -> Result<Report, Refusal>;
    }

    impl<S: Session> AnySession for S {
        fn push(&mut self, part: &str) -> Result<Progress, Refusal> {
            Session::push(self, part)
        }

        fn finish(self: Box<Self>) -> Result<Report, Refusal> {
            Session::finish(*self)
        }
    }

    thread_local! {
        /// Configured contract. A sandbox has one thread and one configuration.
        static CONTRACT: OnceCell<Configured> = const { OnceCell::new() };
        /// Session of the text in progress. A sandbox judges one text.
        static SESSION: RefCell<Option<Box<dyn AnySession>>> = const { RefCell::new(None) };
    }

    /// Configures a contract whose state is the configuration itself.
    pub fn keep<C>(config: C) -> Result<C, Refusal> {
        Ok(config)
    }

    pub fn configure<C: DeserializeOwned, S: 'static>(
        config: &str,
        configure: fn(C) -> Result<S, Refusal>,
        judge: fn(&S, &Subject) -> Result<Report, Refusal>,
    ) -> Result<(), Refusal> {
        let state = prepare(config, configure)?;
        let judge: Judge = Box::new(move |subject| judge(&state, subject));
        keep_contract(Configured { judge, begin: None })
    }

    pub fn configure_streaming<C: DeserializeOwned, S: 'static, T: Session + 'static>(
        config: &str,
        configure: fn(C) -> Result<S, Refusal>,
        judge: fn(&S, &Subject) -> Result<Report, Refusal>,
        begin: fn(&'static S, &Subject) -> Result<T, Refusal>,
    ) -> Result<(), Refusal> {
        // Leaked, because a sandbox has one configuration for as long as it lives.
        let state: &'static S = Box::leak(Box::new(prepare(config, configure)?));
        let judge: Judge = Box::new(move |subject| judge(state, subject));
        let begin: Begin = Box::new(move |subject| Ok(Box::new(begin(state, subject)?)));
        keep_contract(Configured { judge, begin: Some(begin) })
    }

    fn prepare<C: DeserializeOwned, S>(
        config: &str,
        configure: fn(C) -> Result<S, Refusal>,
    ) -> Result<S, Refusal> {
        crate::last_words::install_panic_hook();
        let config = serde_json::from_str(config).map_err(|error| {
            Refusal::BadConfig(BadConfig { pointer: String::new(), reason: error.to_string() })
        })?;
        configure(config)
    }

    fn keep_contract(contract: Configured) -> Result<(), Refusal> {
        CONTRACT.with(|slot| slot.set(contract)).map_err(|_| broken("configured twice"))
    }

    pub fn judge(subject: &Subject) -> Result<Report, Refusal> {
        configured(|contract| (contract.judge)(subject))
    }

    pub fn begin(subject: &Subject) -> Result<(), Refusal> {
        let session = configured(|contract| match &contract.begin {
            Some(begin) => begin(subject),
            None => Err(broken("this contract judges whole texts only")),
        })?;
        SESSION.set(Some(session));
        Ok(())
    }

    pub fn push(part: &str) -> Result<Progress, Refusal> {
        SESSION.with_borrow_mut(|slot| match slot {
            Some(session) => session.push(part),
            None => Err(broken("pushed before it began")),
        })
    }

    pub fn finish() -> Result<Report, Refusal> {
        SESSION.take().ok_or_else(|| broken("finished before it began"))?.finish()
    }

    fn configured<T>(call: impl FnOnce(&Configured) -> Result<T, Refusal>) -> Result<T, Refusal> {
        CONTRACT.with(|slot| match slot.get() {
            Some(contract) => call(contract),
            None => Err(broken("judged before it was configured")),
        })
    }

    fn broken(reason: &str) -> Refusal {
        Refusal::Broken(reason.into())
    }

    /// Returns the JSON Schema of the configuration: its address in the upper half, its length in
    /// the lower. The text is leaked, because this instance does nothing else.
    pub fn config_schema<C: JsonSchema>() -> u64 {
        let generator = SchemaSettings::draft2020_12().into_generator();
        let schema = generator.into_root_schema_for::<C>().to_value().to_string();
        let bytes = schema.into_bytes().leak();
        (bytes.as_ptr() as u64) << 32 | bytes.len() as u64
    }
}

//! Takes the snapshot of a configured instance.
//!
//! The snapshotter reads memories and globals by calling functions that it added to the component.
//! wasmtime's own implementation of these calls panics if one fails, and a contract can make one
//! fail: each call grows a memory by a page, which the memory's declared maximum may forbid. Here a
//! failed call is recorded, and the snapshot is thrown away.

use std::any::Any;
use std::collections::HashMap;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use wasmtime::Store;
use wasmtime::component::{Instance, Lift, WasmList};
use wasmtime_wizer::{ComponentContext, ComponentInstanceState, Wizer};

use crate::sandbox::Sandbox;

/// Fuel for reading the state, which takes a few instructions for each memory and global.
pub(crate) const SNAPSHOT_FUEL: u64 = 1_000_000_000;

/// Returns the component with the instance's state, or the reason why there is none.
pub(crate) async fn take_snapshot(
    wizer: &Wizer,
    context: &ComponentContext<'_>,
    store: &mut Store<Sandbox>,
    instance: Instance,
) -> Result<Vec<u8>, String> {
    let mut state = ConfiguredState { store, instance, memories: HashMap::new(), failure: None };
    let snapshot = catch_panic(wizer.snapshot_component(context, &mut state)).await;
    match (state.failure, snapshot) {
        (Some(reason), _) => Err(format!("its state cannot be read: {reason}")),
        (None, Ok(Ok(snapshot))) => Ok(snapshot),
        (None, Ok(Err(error))) => Err(format!("{error:#}")),
        (None, Err(_)) => Err("the component with its state cannot be written".into()),
    }
}

/// State of an instance, as the snapshotter asks for it.
struct ConfiguredState<'s> {
    store: &'s mut Store<Sandbox>,
    instance: Instance,
    /// Memories that were read once, because reading a memory grows it.
    memories: HashMap<String, WasmList<u8>>,
    /// First error. The answers are worth nothing once it is set.
    failure: Option<String>,
}

impl ConfiguredState<'_> {
    /// Calls a function that the snapshotter added, or returns `None` and records why not.
    async fn call<R: Lift + Send + Sync + 'static>(
        &mut self,
        instance: &str,
        function: &str,
    ) -> Option<R> {
        match self.try_call(instance, function).await {
            Ok(result) => Some(result),
            Err(error) => {
                self.failure.get_or_insert_with(|| error.root_cause().to_string());
                None
            }
        }
    }

    async fn try_call<R: Lift + Send + Sync + 'static>(
        &mut self,
        instance: &str,
        function: &str,
    ) -> wasmtime::Result<R> {
        let missing = || wasmtime::Error::msg(format!("`{instance}` has no `{function}`"));
        let store = &mut *self.store;
        let (_, exports) =
            self.instance.get_export(&mut *store, None, instance).ok_or_else(missing)?;
        let (_, index) =
            self.instance.get_export(&mut *store, Some(&exports), function).ok_or_else(missing)?;
        let function = self.instance.get_typed_func::<(), (R,)>(&mut *store, index)?;
        Ok(function.call_async(&mut *store, ()).await?.0)
    }
}

impl ComponentInstanceState for ConfiguredState<'_> {
    async fn call_func_ret_list_u8(
        &mut self,
        instance: &str,
        function: &str,
        contents: impl FnOnce(&[u8]) + Send,
    ) {
        if !self.memories.contains_key(function)
            && let Some(memory) = self.call::<WasmList<u8>>(instance, function).await
        {
            self.memories.insert(function.to_owned(), memory);
        }
        match self.memories.get(function) {
            Some(memory) => contents(memory.as_le_slice(&*self.store)),
            None => contents(&[]),
        }
    }

    async fn call_func_ret_s32(&mut self, instance: &str, function: &str) -> i32 {
        self.call(instance, function).await.unwrap_or_default()
    }

    async fn call_func_ret_s64(&mut self, instance: &str, function: &str) -> i64 {
        self.call(instance, function).await.unwrap_or_default()
    }

    async fn call_func_ret_f32(&mut self, instance: &str, function: &str) -> u32 {
        self.call::<f32>(instance, function).await.unwrap_or_default().to_bits()
    }

    async fn call_func_ret_f64(&mut self, instance: &str, function: &str) -> u64 {
        self.call::<f64>(instance, function).await.unwrap_or_default().to_bits()
    }
}

/// Runs a future, and returns what it panics with. No panic of the snapshotter is known that a
/// contract can cause; this is in case there is one.
async fn catch_panic<T>(future: impl Future<Output = T>) -> Result<T, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    poll_fn(move |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

//! The generated side of the boundary. The world imports every capability that the
//! host serves; what a contract does not call is not linked, so a component's
//! imports are what it uses and nothing else.
#![allow(missing_docs, unsafe_code, clippy::all)]

wit_bindgen::generate!({
    path: ["../../wit/contract.wit", "../../wit/host.wit", "../../wit/guest.wit"],
    world: "tollgate:sdk/guest",
    generate_all,
    pub_export_macro: true,
    default_bindings_module: "::tollgate_sdk::private::bindings",
    additional_derives: [PartialEq, Clone],
});

//! Generated WIT bindings. The world imports every capability of the host. Functions that a
//! contract does not call are not linked, so a component imports only what it uses.
#![allow(missing_docs, unsafe_code, clippy::all)]

wit_bindgen::generate!({
    path: ["../../wit/0.1.0/contract.wit", "../../wit/0.1.0/host.wit", "../../wit/0.1.0/guest.wit"],
    world: "tollgate:sdk/guest",
    generate_all,
    pub_export_macro: true,
    default_bindings_module: "::tollgate_sdk::private::bindings",
    additional_derives: [PartialEq, Clone],
});

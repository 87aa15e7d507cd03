//! Generated bindings of the optional `judge-stream` export. They are a world of their own,
//! because a contract has to implement every export of a world.
#![allow(missing_docs, unsafe_code, clippy::all)]

wit_bindgen::generate!({
    path: ["../../wit/0.1.0/contract.wit", "../../wit/0.1.0/host.wit", "../../wit/0.1.0/guest.wit"],
    inline: "
        package tollgate:rust;
        world streaming {
            export tollgate:contract/judge-stream@0.1.0;
        }
    ",
    world: "tollgate:rust/streaming",
    with: { "tollgate:contract/types@0.1.0": crate::bindings::tollgate::contract::types },
    pub_export_macro: true,
    default_bindings_module: "::tollgate_sdk::private::stream_bindings",
    additional_derives: [PartialEq, Clone],
});

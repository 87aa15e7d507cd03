//! What a contract exports beside `judge`, when it can judge a text while it is still being
//! written. A world of its own: what is not exported needs no implementation.
#![allow(missing_docs, unsafe_code, clippy::all)]

wit_bindgen::generate!({
    path: ["../../wit/contract.wit", "../../wit/host.wit", "../../wit/guest.wit"],
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

//! Turns core modules into components: embeds the WIT world in a module, and writes the world for
//! tools that encode by themselves.

use std::path::Path;

use tollgate_model::ContractFile;
use tollgate_project::{FileError, files};
use wit_component::{ComponentEncoder, StringEncoding};

use crate::build_error::EncodingError;

/// Version of the WIT packages that contracts are built for.
pub const WIT_VERSION: &str = "0.1.0";

const CONTRACT_WIT: &str = include_str!("../../../../wit/0.1.0/contract.wit");
const HOST_WIT: &str = include_str!("../../../../wit/0.1.0/host.wit");
const GUEST_WIT: &str = include_str!("../../../../wit/0.1.0/guest.wit");
/// Names and texts of the WIT files, each after those that it depends on.
const WIT_FILES: [(&str, &str); 3] =
    [("contract.wit", CONTRACT_WIT), ("host.wit", HOST_WIT), ("guest.wit", GUEST_WIT)];

/// Writes the WIT in the layout that other languages' tools expect: a world with the contract's
/// imports and exports, and its dependencies below it.
pub(super) fn write_wit_world(folder: &Path, about: &ContractFile) -> Result<(), FileError> {
    let import = |capability| format!("    import tollgate:host/{capability}@{WIT_VERSION};\n");
    let imports: String = about.capabilities.keys().map(import).collect();
    let export = |name| format!("    export tollgate:contract/{name}@{WIT_VERSION};\n");
    let stream = if about.stream { export("judge-stream") } else { String::new() };
    let items = imports + &export("judge") + &stream;
    let world = format!("package tollgate:sdk@{WIT_VERSION};\n\nworld guest {{\n{items}}}\n");
    files::write(&folder.join("guest.wit"), world.as_bytes())?;
    for (name, text) in [("contract", CONTRACT_WIT), ("host", HOST_WIT)] {
        files::write(&folder.join("deps").join(name).join("it.wit"), text.as_bytes())?;
    }
    Ok(())
}

/// Embeds the WIT world into a core module, as the component encoder needs it.
pub(super) fn embed_world(
    mut module: Vec<u8>,
    about: &ContractFile,
) -> Result<Vec<u8>, EncodingError> {
    let mut resolve = wit_parser::Resolve::default();
    let mut guest = Vec::new();
    for (name, text) in WIT_FILES {
        let package = resolve.push_str(name, text);
        guest.push(package.map_err(|error| EncodingError::World(error.into()))?);
    }
    let world = if about.stream { "tollgate:sdk/streaming-guest" } else { "tollgate:sdk/guest" };
    let world = resolve.select_world(&guest, Some(world));
    let world = world.map_err(|error| EncodingError::World(error.into()))?;
    wit_component::embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
        .map_err(|error| EncodingError::World(error.into()))?;
    Ok(module)
}

/// Encodes a core module with an embedded world as a component.
pub(super) fn componentize(module: &[u8]) -> Result<Vec<u8>, EncodingError> {
    componentize_with_adapter(module, None)
}

/// Encodes a core module as a component, satisfying the imports of one name with an adapter.
pub(super) fn componentize_with_adapter(
    module: &[u8],
    adapter: Option<(&str, &[u8])>,
) -> Result<Vec<u8>, EncodingError> {
    let encoder = ComponentEncoder::default().validate(true).module(module);
    let mut encoder = encoder.map_err(|error| EncodingError::Module(error.into()))?;
    if let Some((name, adapter)) = adapter {
        let adapted = encoder.adapter(name, adapter);
        encoder = adapted.map_err(|error| EncodingError::Adapter(error.into()))?;
    }
    encoder.encode().map_err(|error| EncodingError::Component(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognises_causes_of_encoding_errors() {
        let error = componentize(b"not a module").unwrap_err();
        assert!(matches!(error, EncodingError::Module(_)));
        assert!(error.mentions("cannot be read as a contract") && !error.mentions("wasi"));
        let outer = EncodingError::Component(Box::new(error));
        assert!(outer.mentions("cannot be read as a contract"), "a cause counts too");
    }

    #[test]
    fn embeds_the_world_that_the_contract_file_asks_for() {
        let toml = "name = \"acme/calm\"\nversion = \"1.0.0\"\ndescription = \"\"\nlicense = \"MIT\"\n\
                    wit = \"0.1.0\"\n";
        let mut about: ContractFile = toml::from_str(toml).unwrap();
        let module = wat::parse_str("(module)").unwrap();
        let names_stream = |about: &ContractFile| {
            let embedded = embed_world(module.clone(), about).unwrap();
            assert!(componentize(&embedded).unwrap_err().mentions("tollgate:contract/judge"));
            String::from_utf8_lossy(&embedded).contains("judge-stream")
        };
        assert!(!names_stream(&about));
        about.stream = true;
        assert!(names_stream(&about));
    }
}

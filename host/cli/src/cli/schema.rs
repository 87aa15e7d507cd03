//! `tollgate schema`: prints the JSON Schemas of the files that people write, for editors.

use clap::{Args, ValueEnum};
use tollgate_project::project_file_schema;
use tollgate_toolchain::{contract_case_schema, contract_file_schema};

use super::gate::schema::GATE_SCHEMA;
use crate::console;
use crate::exit::Exit;

/// Prints the JSON Schema of a file that people write, for editors.
///
/// Editors complete and check a TOML file whose first line is `#:schema FILE`, and a JSON file whose member `$schema`
/// names the schema. `tollgate init`, `gate new` and `new` write the schemas beside the files.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate schema gate > gates/gate.schema.json
  tollgate schema case > vendor/tollgate/case.schema.json")]
pub(super) struct SchemaCommand {
    /// Kind of file.
    #[arg(value_enum)]
    file: SchemaFile,
}

/// A file that has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SchemaFile {
    /// `gates/NAME.toml`.
    Gate,
    /// `tollgate.toml`.
    Project,
    /// `contract.toml`.
    Contract,
    /// A test case of a contract: `cases/NAME.json`.
    Case,
}

impl SchemaCommand {
    pub(super) fn run(&self) -> Exit {
        console::print(self.file.schema_text().trim_end());
        Exit::Pass
    }
}

impl SchemaFile {
    fn schema_text(self) -> String {
        let schema = match self {
            Self::Gate => return GATE_SCHEMA.to_owned(),
            Self::Project => project_file_schema(),
            Self::Contract => contract_file_schema(),
            Self::Case => contract_case_schema(),
        };
        format!("{schema:#}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::tests::assert_document;

    /// The schemas in `docs/` are the ones that the tool prints. That of gates is embedded from there, and `govern` tests it.
    #[test]
    fn schemas_are_up_to_date() {
        for file in [SchemaFile::Project, SchemaFile::Contract, SchemaFile::Case] {
            let value = file.to_possible_value().unwrap();
            let name = format!("{}.schema.json", value.get_name());
            assert_document(&name, &file.schema_text());
        }
    }
}

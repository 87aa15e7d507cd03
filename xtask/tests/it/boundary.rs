//! Computes from the WIT what the canonical ABI makes of it: the memory layout of values, the numbers of
//! cases, and the core signatures of functions.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{Function, InterfaceId, Resolve, SizeAlign, Type, TypeDefKind, TypeId};

/// WIT version that the SDKs implement.
pub const WIT_VERSION: &str = "0.1.0";
/// Package of the interfaces that contracts import; they export those of the other one.
const HOST_PACKAGE: &str = "host";
/// Table of the results of all exported functions. Merging them proves that a refusal has the same layout in each.
const RESULT_TABLE: &str = "result";

/// Canonical ABI of all functions between host and contract. Names are those of the WIT, joined by hyphens.
#[derive(Default)]
pub struct Boundary {
    /// Sizes and offsets in bytes of each value that is passed in memory.
    pub tables: BTreeMap<String, Vec<(String, usize)>>,
    /// Cases of each enum and variant, in the order of their numbers.
    pub cases: BTreeMap<String, Vec<String>>,
    pub functions: Vec<CoreFunction>,
}

/// Function as core WebAssembly sees it.
pub struct CoreFunction {
    pub interface: String,
    pub name: String,
    /// Whether the contract imports it from the host. If false, the contract exports it.
    pub is_import: bool,
    pub params: Vec<CoreType>,
    pub results: Vec<CoreType>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoreType {
    I32,
    I64,
    F64,
}

/// Returns the folder of the repository.
pub fn repository_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

impl Boundary {
    /// Reads the interfaces of the committed WIT.
    pub fn read() -> Self {
        let mut resolve = Resolve::default();
        for name in ["contract.wit", "host.wit"] {
            let path = repository_root().join("wit").join(WIT_VERSION).join(name);
            resolve.push_str(name, &fs::read_to_string(path).unwrap()).unwrap();
        }
        let mut sizes = SizeAlign::default();
        sizes.fill(&resolve);
        let mut reader = BoundaryReader { resolve: &resolve, sizes, boundary: Self::default() };
        for (id, interface) in resolve.interfaces.iter() {
            for function in interface.functions.values() {
                reader.add_function(id, function);
            }
        }
        reader.boundary
    }
}

struct BoundaryReader<'r> {
    resolve: &'r Resolve,
    sizes: SizeAlign,
    boundary: Boundary,
}

impl BoundaryReader<'_> {
    fn add_function(&mut self, interface: InterfaceId, function: &Function) {
        let is_import = self.is_of_host(interface);
        let interface = self.resolve.interfaces[interface].name.clone().unwrap();
        let variant = if is_import { AbiVariant::GuestImport } else { AbiVariant::GuestExport };
        let signature = self.resolve.wasm_signature(variant, function);
        assert!(!signature.indirect_params, "`{}`: parameters in memory", function.name);
        for param in &function.params {
            self.add_contained(&param.ty);
        }
        if let Some(result) = &function.result {
            self.add_contained(result);
            if signature.retptr {
                let table = match is_import {
                    true => format!("{interface}-{}", function.name),
                    false => RESULT_TABLE.to_owned(),
                };
                self.add_table(&table, result);
            }
        }
        let core = |types: &[WasmType]| types.iter().copied().map(core_type).collect();
        self.boundary.functions.push(CoreFunction {
            interface,
            name: function.name.clone(),
            is_import,
            params: core(&signature.params),
            results: core(&signature.results),
        });
    }

    fn is_of_host(&self, interface: InterfaceId) -> bool {
        let package = self.resolve.interfaces[interface].package.unwrap();
        let name = &self.resolve.packages[package].name;
        assert_eq!(name.version.as_ref().unwrap().to_string(), WIT_VERSION, "{name}");
        name.name == HOST_PACKAGE
    }

    /// Adds the enums and variants in a type, and the elements of its lists, which are always in memory.
    fn add_contained(&mut self, ty: &Type) {
        let Type::Id(id) = ty else { return };
        let resolve = self.resolve;
        match &resolve.types[*id].kind {
            TypeDefKind::Type(of) | TypeDefKind::Option(of) => self.add_contained(of),
            TypeDefKind::Record(record) => {
                record.fields.iter().for_each(|field| self.add_contained(&field.ty));
            }
            TypeDefKind::Enum(of) => {
                let cases = of.cases.iter().map(|case| case.name.clone()).collect();
                self.boundary.cases.insert(self.type_name(*id), cases);
            }
            TypeDefKind::Variant(variant) => {
                let cases = variant.cases.iter().map(|case| case.name.clone()).collect();
                self.boundary.cases.insert(self.type_name(*id), cases);
                variant
                    .cases
                    .iter()
                    .flat_map(|case| &case.ty)
                    .for_each(|ty| self.add_contained(ty));
            }
            TypeDefKind::Result(of) => {
                of.ok.iter().chain(&of.err).for_each(|ty| self.add_contained(ty));
            }
            TypeDefKind::List(element) => {
                match element {
                    Type::Id(id) => self.add_table(&self.type_name(*id), element),
                    Type::String => self.add_table("string", element),
                    Type::Bool => {}
                    other => panic!("lists of {other:?} have no table: add one"),
                }
                self.add_contained(element);
            }
            other => panic!("a {} between host and contract: add it", other.as_str()),
        }
    }

    /// Returns the name of a type, with its interface if that is one of the host's: `error` alone says little.
    fn type_name(&self, id: TypeId) -> String {
        let def = &self.resolve.types[id];
        if let TypeDefKind::Type(Type::Id(of)) = def.kind {
            return self.type_name(of);
        }
        let (name, wit_parser::TypeOwner::Interface(owner)) =
            (def.name.clone().unwrap(), def.owner)
        else {
            panic!("`{:?}` is not in an interface", def.name);
        };
        let interface = &self.resolve.interfaces[owner];
        match self.is_of_host(owner) {
            true => format!("{}-{name}", interface.name.as_ref().unwrap()),
            false => name,
        }
    }

    fn add_table(&mut self, table: &str, ty: &Type) {
        let (size, align) =
            (self.sizes.size(ty).size_wasm32(), self.sizes.align(ty).align_wasm32());
        self.add_constant(table, "size", size);
        self.add_constant(table, "align", align);
        self.add_fields(table, "", 0, ty);
    }

    fn add_constant(&mut self, table: &str, name: &str, value: usize) {
        let constants = self.boundary.tables.entry(table.to_owned()).or_default();
        match constants.iter().find(|(known, _)| known == name) {
            Some((_, known)) => assert_eq!(*known, value, "`{name}` of `{table}` has two values"),
            None => constants.push((name.to_owned(), value)),
        }
    }

    /// Adds the offsets of everything in a value at `offset`, under names that start with `path`.
    fn add_fields(&mut self, table: &str, path: &str, offset: usize, ty: &Type) {
        let resolve = self.resolve;
        let below =
            |name: &str| if path.is_empty() { name.into() } else { format!("{path}-{name}") };
        let kind = match ty {
            Type::Id(id) => Some(&resolve.types[*id].kind),
            _ => None,
        };
        let cases: Vec<(String, Option<&Type>)> = match kind {
            Some(TypeDefKind::Type(of)) => return self.add_fields(table, path, offset, of),
            Some(TypeDefKind::Record(record)) => {
                let offsets = self.sizes.field_offsets(record.fields.iter().map(|field| &field.ty));
                for (field, (at, ty)) in record.fields.iter().zip(offsets) {
                    self.add_fields(table, &below(&field.name), offset + at.size_wasm32(), ty);
                }
                return;
            }
            Some(TypeDefKind::Variant(variant)) => {
                variant.cases.iter().map(|case| (case.name.clone(), case.ty.as_ref())).collect()
            }
            Some(TypeDefKind::Option(of)) => vec![("some".into(), Some(of))],
            Some(TypeDefKind::Result(of)) => [(&of.ok, "ok"), (&of.err, "error")]
                .map(|(ty, name)| (self.payload_name(ty.as_ref(), name), ty.as_ref()))
                .into(),
            // Texts, lists, enums and numbers contain no further offsets.
            _ if path.is_empty() => return,
            _ => return self.add_constant(table, path, offset),
        };
        self.add_constant(table, &below("tag"), offset);
        let payloads = cases.iter().map(|(_, ty)| *ty);
        let payload = self.sizes.payload_offset(wit_parser::Int::U8, payloads).size_wasm32();
        for (name, ty) in &cases {
            if let Some(ty) = ty {
                self.add_fields(table, &below(name), offset + payload, ty);
            }
        }
    }

    /// Returns the name of a result's payload: its type's if it has one.
    fn payload_name(&self, ty: Option<&Type>, otherwise: &str) -> String {
        let Some(Type::Id(id)) = ty else { return otherwise.into() };
        match &self.resolve.types[*id].kind {
            TypeDefKind::Type(of) => self.payload_name(Some(of), otherwise),
            _ => self.resolve.types[*id].name.clone().unwrap_or_else(|| otherwise.into()),
        }
    }
}

fn core_type(ty: WasmType) -> CoreType {
    match ty {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => CoreType::I32,
        WasmType::I64 | WasmType::PointerOrI64 => CoreType::I64,
        WasmType::F64 => CoreType::F64,
        WasmType::F32 => panic!("no function between host and contract has an f32"),
    }
}

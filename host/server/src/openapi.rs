//! The OpenAPI document (3.1), made from the table of routes and the schemas of the wire types.

use axum::http::Method;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::problem::{PROBLEM_TYPE, ProblemDocument};
use crate::routes::all_routes;
use crate::routes::table::{BodyFormat, Parameter, ParameterPlace, Route, schema_of};

/// Name of the security scheme.
const TOKEN: &str = "token";

/// Returns the OpenAPI document of this server.
pub fn openapi_document() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for route in all_routes() {
        let operation = operation(&route, &mut generator);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(route.method.as_str().to_ascii_lowercase(), operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tollgate",
            "version": "1",
            "summary": "Gates what AI systems write",
            "description": "Puts outputs through gates, reviews those that are held, and operates gates and releases. Without \
                            any token the server answers programs on its own machine only.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": {
                TOKEN: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token that `tollgate token new` made.",
                },
            },
        },
    })
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let mut parameters: Vec<_> = path_names(route.path).map(path_parameter).collect();
    parameters.extend(route.parameters.iter().map(|one| parameter(one, generator)));
    let mut operation = json!({
        "operationId": operation_id(&route.method, route.path),
        "summary": route.summary,
        "tags": [resource(route.path)],
        "responses": responses(route, generator),
    });
    let Some(members) = operation.as_object_mut() else { return operation };
    if !parameters.is_empty() {
        members.insert("parameters".into(), parameters.into());
    }
    if !route.request.is_empty() {
        let content = content(&route.request, generator);
        members.insert("requestBody".into(), json!({ "required": true, "content": content }));
    }
    if !route.roles.is_empty() {
        let roles: Vec<_> = route.roles.iter().map(|role| format!("`{role}`")).collect();
        members.insert("security".into(), json!([{ TOKEN: [] }]));
        let description = format!("Needs a token with the role {}.", roles.join(" or "));
        members.insert("description".into(), description.into());
    }
    operation
}

fn responses(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let mut responses = Map::new();
    for status in &route.statuses {
        let reason = status.canonical_reason().unwrap_or("Answer");
        let answer = json!({ "description": reason, "content": content(&route.answer, generator) });
        responses.insert(status.as_str().into(), answer);
    }
    let problem =
        BodyFormat { media_type: PROBLEM_TYPE, schema: Some(schema_of::<ProblemDocument>) };
    let problem = json!({
        "description": "A problem (RFC 9457). Its `code` says which.",
        "content": content(&[problem], generator),
    });
    responses.insert("default".into(), problem);
    responses.into()
}

fn content(formats: &[BodyFormat], generator: &mut SchemaGenerator) -> Value {
    let mut content = Map::new();
    for format in formats {
        let schema = match format.schema {
            Some(schema) => schema(generator).to_value(),
            None => json!({ "type": "string" }),
        };
        content.insert(format.media_type.into(), json!({ "schema": schema }));
    }
    content.into()
}

fn parameter(parameter: &Parameter, generator: &mut SchemaGenerator) -> Value {
    let place = match parameter.place {
        ParameterPlace::Query => "query",
        ParameterPlace::Header => "header",
    };
    json!({
        "name": parameter.name,
        "in": place,
        "required": false,
        "description": parameter.description,
        "schema": (parameter.schema)(generator),
    })
}

fn path_parameter(name: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
}

/// Returns the names in braces of a path.
fn path_names(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// Returns the name of an operation, such as `post-gates-gate-check`.
fn operation_id(method: &Method, path: &str) -> String {
    let parts = path.split('/').filter(|part| !part.is_empty() && *part != "v1");
    let parts = parts.map(|part| part.trim_matches(['{', '}']));
    let method = method.as_str().to_ascii_lowercase();
    std::iter::once(method.as_str()).chain(parts).collect::<Vec<_>>().join("-")
}

/// Returns the first name of a path, by which the operations are grouped.
fn resource(path: &str) -> &str {
    path.split('/').find(|part| !part.is_empty() && *part != "v1").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn has_every_route_with_a_name_of_its_own() {
        let document = openapi_document();
        let mut names = HashSet::new();
        for route in all_routes() {
            let method = route.method.as_str().to_ascii_lowercase();
            let operation = &document["paths"][route.path][&method];
            let name = operation["operationId"].as_str().unwrap().to_owned();
            assert!(names.insert(name), "{} {}", route.method, route.path);
            assert_eq!(operation.get("security").is_some(), !route.roles.is_empty());
        }
    }

    #[test]
    fn refers_to_schemas_that_are_there() {
        fn check_references(value: &Value, document: &Value) {
            match value {
                Value::Object(members) => {
                    if let Some(Value::String(reference)) = members.get("$ref") {
                        let pointer = reference.strip_prefix('#').unwrap();
                        assert!(document.pointer(pointer).is_some(), "{reference}");
                    }
                    members.values().for_each(|value| check_references(value, document));
                }
                Value::Array(values) => {
                    values.iter().for_each(|value| check_references(value, document));
                }
                _ => {}
            }
        }
        let document = openapi_document();
        check_references(&document, &document);
    }

    #[test]
    fn committed_document_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/openapi.json");
        let mut text = serde_json::to_string_pretty(&openapi_document()).unwrap();
        text.push('\n');
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &text).unwrap();
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        let message = "docs/reference/openapi.json is out of date: run this test with `UPDATE=1`";
        assert!(found == text, "{message}");
    }

    #[test]
    fn names_operations_by_method_and_path() {
        let id = operation_id(&Method::POST, "/v1/gates/{gate}/check");
        assert_eq!(id, "post-gates-gate-check");
        assert_eq!(path_names("/v1/gates/{gate}/check").collect::<Vec<_>>(), ["gate"]);
    }
}

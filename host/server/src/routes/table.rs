//! The list of all addresses. The router and the OpenAPI document are both made from it, so neither has an address that the
//! other lacks.

use axum::http::{Method, StatusCode};
use axum::routing::MethodRouter;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::access::Role;
use crate::state::ServerState;

/// One method of an address.
pub(crate) struct Route {
    pub(crate) method: Method,
    /// Path, with names in braces.
    pub(crate) path: &'static str,
    /// One sentence about what it does.
    pub(crate) summary: &'static str,
    /// Roles of which a caller needs one. Empty if anybody may ask.
    pub(crate) roles: &'static [Role],
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) request: Vec<BodyFormat>,
    pub(crate) answer: Vec<BodyFormat>,
    /// Statuses that come with this answer. All others come with a problem.
    pub(crate) statuses: Vec<StatusCode>,
    pub(crate) handler: MethodRouter<ServerState>,
}

/// A parameter of an address: a name in its path, what follows the question mark, or a header.
pub(crate) struct Parameter {
    pub(crate) place: ParameterPlace,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) schema: SchemaMaker,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParameterPlace {
    Query,
    Header,
}

/// A form that a body can have.
#[derive(Clone, Copy)]
pub(crate) struct BodyFormat {
    pub(crate) media_type: &'static str,
    /// `None` if it is a text.
    pub(crate) schema: Option<SchemaMaker>,
}

/// Function that makes the schema of a type.
pub(crate) type SchemaMaker = fn(&mut SchemaGenerator) -> Schema;

impl Route {
    pub(crate) fn new(
        method: Method,
        path: &'static str,
        roles: &'static [Role],
        summary: &'static str,
        handler: MethodRouter<ServerState>,
    ) -> Self {
        let (parameters, request, answer) = (Vec::new(), Vec::new(), Vec::new());
        let statuses = vec![StatusCode::OK];
        Self { method, path, summary, roles, parameters, request, answer, statuses, handler }
    }

    /// Sets the JSON document of the answer.
    pub(crate) fn answers<T: JsonSchema>(self) -> Self {
        self.answers_as("application/json", Some(schema_of::<T>))
    }

    /// Adds a form of the answer.
    pub(crate) fn answers_as(
        mut self,
        media_type: &'static str,
        schema: Option<SchemaMaker>,
    ) -> Self {
        self.answer.push(BodyFormat { media_type, schema });
        self
    }

    /// Adds a status that comes with the same document.
    pub(crate) fn or_status(mut self, status: StatusCode) -> Self {
        self.statuses.push(status);
        self
    }

    /// Sets the JSON document of the request.
    pub(crate) fn takes<T: JsonSchema>(self) -> Self {
        self.takes_as("application/json", schema_of::<T>)
    }

    /// Adds a form of the request.
    pub(crate) fn takes_as(mut self, media_type: &'static str, schema: SchemaMaker) -> Self {
        self.request.push(BodyFormat { media_type, schema: Some(schema) });
        self
    }

    /// Adds a parameter that follows the question mark.
    pub(crate) fn query<T: JsonSchema>(
        self,
        name: &'static str,
        description: &'static str,
    ) -> Self {
        self.parameter(ParameterPlace::Query, name, description, schema_of::<T>)
    }

    /// Adds a header.
    pub(crate) fn header<T: JsonSchema>(
        self,
        name: &'static str,
        description: &'static str,
    ) -> Self {
        self.parameter(ParameterPlace::Header, name, description, schema_of::<T>)
    }

    fn parameter(
        mut self,
        place: ParameterPlace,
        name: &'static str,
        description: &'static str,
        schema: SchemaMaker,
    ) -> Self {
        self.parameters.push(Parameter { place, name, description, schema });
        self
    }
}

/// Returns the schema of a type, or a reference to it.
pub(crate) fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

//! Changes of JSON documents by JSON Pointer.

use serde_json::Value;

/// Sets a member, whether or not it is there. Its parent has to be an object.
pub fn set(document: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent);
    if let Some(members) = parent.and_then(Value::as_object_mut) {
        members.insert(key.into(), value);
    }
}

/// Removes a member if it is there.
pub fn remove(document: &mut Value, pointer: &str) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    if let Some(members) = document.pointer_mut(parent).and_then(Value::as_object_mut) {
        members.remove(key);
    }
}

// Reads configurations. TypeScript's types do not exist at run time, so the shape is given by
// values, and the type follows from it. A shape is a function that takes a value and its place, and
// returns the value that it reads or throws a refusal with the place.

import { pointer } from "./pointer.js";
import { Refusal } from "./refusal.js";

export function string() {
  return (value, at) => typed(value, at, "string", "a string");
}

export function boolean() {
  return (value, at) => typed(value, at, "boolean", "true or false");
}

export function number({ min = -Infinity, max = Infinity } = {}) {
  return (value, at) => {
    typed(value, at, "number", "a number");
    if (value < min) refuse(at, `${value} is less than ${min}`);
    if (value > max) refuse(at, `${value} is more than ${max}`);
    return value;
  };
}

export function integer(bounds) {
  const read = number(bounds);
  return (value, at) => {
    if (!Number.isInteger(read(value, at))) refuse(at, `${value} is not a whole number`);
    return value;
  };
}

export function oneOf(...choices) {
  return (value, at) => {
    if (choices.includes(value)) return value;
    const names = choices.map((choice) => JSON.stringify(choice)).join(", ");
    return refuse(at, `${JSON.stringify(value)} is not one of ${names}`);
  };
}

export function list(item) {
  return (value, at) => {
    if (!Array.isArray(value)) refuse(at, `a list was expected, but this is ${kind(value)}`);
    return value.map((element, index) => item(element, at + pointer(index)));
  };
}

export function optional(shape, fallback) {
  const read = (value, at) => (value === undefined ? fallback : shape(value, at));
  read.optional = true;
  return read;
}

export function object(members) {
  return (value, at) => {
    if (kind(value) !== "an object") refuse(at, `an object was expected, but this is ${kind(value)}`);
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(members, key)) refuse(at + pointer(key), "unknown key");
    }
    const read = ([key, shape]) => [key, member(value, key, shape, at + pointer(key))];
    return Object.fromEntries(Object.entries(members).map(read));
  };
}

function member(value, key, shape, at) {
  const present = Object.hasOwn(value, key);
  if (!present && !shape.optional) refuse(at, "the key is missing");
  return shape(present ? value[key] : undefined, at);
}

function typed(value, at, type, name) {
  return typeof value === type ? value : refuse(at, `${name} was expected, but this is ${kind(value)}`);
}

function kind(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  const names = { object: "an object", string: "a string", number: "a number" };
  return names[typeof value] ?? String(value);
}

function refuse(at, reason) {
  throw Refusal.badConfig(at, reason);
}

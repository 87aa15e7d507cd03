;; Looks up 100,000 keys in one call, all of which are the same MiB of its memory. The guest pays 2 MiB; a host that copies each key pays 100 GiB. It imports the
;; capability `lookup`.
(component
  ;; include types
  (import "tollgate:host/lookup@0.1.0" (instance $lookup
    (type $error' (variant (case "not-granted" string) (case "unavailable" string)))
    (export "error" (type $error (eq $error')))
    (export "contains-any" (func
      (param "table" string) (param "keys" (list string))
      (result (result (list bool) (error $error)))))))
  ;; include shared-base
  (core func $contains-any (canon lower (func $lookup "contains-any")
    (memory (core memory $base "memory")) (realloc (core func $base "realloc"))))
  (core module $core
    (import "host" "contains-any" (func $contains-any (param i32 i32 i32 i32 i32)))
    (import "base" "memory" (memory 16))
    (import "base" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
    (export "memory" (memory 0))
    (export "realloc" (func $realloc))
    (global $keys i32 (i32.const 0x100000))
    (global $keys-end i32 (i32.const 0x1c3500))
    (global $key-bytes i32 (i32.const 0x100000))
    ;; include signature
    ;; include configure
    (func (export "judge") (type $judge) (local $at i32)
      (drop (memory.grow (i32.const 16)))
      (local.set $at (global.get $keys))
      (loop $next
        (i32.store offset=4 (local.get $at) (global.get $key-bytes))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br_if $next (i32.lt_u (local.get $at) (global.get $keys-end))))
      (call $contains-any
        (i32.const 32) (i32.const 1) (global.get $keys) (i32.const 100000) (i32.const 2048))
      (i32.const 1024))
  )
  (core instance $guest (instantiate $core (with "base" (instance $base))
    (with "host" (instance (export "contains-any" (func $contains-any))))))
  ;; include lift
)

;; As `residue`, with a table, a grown table, a dropped element segment and a dropped
;; data segment. A snapshot cannot hold these, so this one is configured for each
;; judgement.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 17)
    (table $table 4 funcref)
    (elem $functions func $nothing)
    (data $bytes "left")
    ;; include finding
    (data (i32.const 1028) "\01") ;; fail
    (data (i32.const 2056) "\03") ;; critical
    (func $nothing)
    ;; include signature
    ;; include realloc
    ;; include configure
    (func $find-and-leave (param $at i32) (result i32)
      (i32.eqz (ref.is_null (table.get $table (local.get $at))))
      (table.set $table (local.get $at) (ref.func $nothing)))
    (func (export "judge") (type $judge) (local $left i32)
      ;; A dropped segment is empty, so these would trap the second time.
      (table.init $table $functions (i32.const 0) (i32.const 0) (i32.const 1))
      (memory.init $bytes (i32.const 0x10ff00) (i32.const 0) (i32.const 4))
      (elem.drop $functions)
      (data.drop $bytes)
      (local.set $left (call $find-and-leave (i32.const 1)))
      (local.set $left (i32.or (local.get $left)
        (call $find-and-leave (table.grow $table (ref.null func) (i32.const 1)))))
      (select (i32.const 1024) (i32.const 16) (local.get $left)))
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

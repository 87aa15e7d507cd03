;; Reports 100,000 findings whose messages are the same MiB of its memory. The
;; guest pays 8 MiB; a host that copies each message pays 100 GiB.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 128)
    (global $message i32 (i32.const 0x010000))
    (global $message-bytes i32 (i32.const 0x100000))
    (global $findings i32 (i32.const 0x110000))
    (global $findings-end i32 (i32.const 0x72a800))
    (data (i32.const 1032) "\00\00\11\00" "\a0\86\01\00")
    ;; include signature
    ;; include realloc
    ;; include configure
    (func (export "judge") (type $judge) (local $at i32)
      (local.set $at (global.get $findings))
      (loop $next
        (i32.store offset=12 (local.get $at) (global.get $message))
        (i32.store offset=16 (local.get $at) (global.get $message-bytes))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br_if $next (i32.lt_u (local.get $at) (global.get $findings-end))))
      (i32.const 1024))
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

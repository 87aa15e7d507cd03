;; Calls its host from within the allocator, while the host is still writing the subject.
;; It imports the capability `log`.
(component
  ;; include types
  (import "tollgate:host/log@0.1.0" (instance $log
    (type $level' (enum "debug" "info" "warn" "error"))
    (export "level" (type $level (eq $level')))
    (export "write" (func (param "level" $level) (param "message" string)))))
  ;; include shared-base
  (core func $write (canon lower (func $log "write") (memory (core memory $base "memory"))))
  (core module $core
    (import "host" "write" (func $write (param i32 i32 i32)))
    (import "base" "memory" (memory 16))
    (export "memory" (memory 0))
    ;; include signature
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (if (global.get $configured)
        (then (call $write (i32.const 1) (i32.const 0) (i32.const 4))))
      (i32.const 65536))
    ;; include configured
    ;; include judge
  )
  (core instance $guest (instantiate $core (with "base" (instance $base))
    (with "host" (instance (export "write" (func $write))))))
  ;; include lift
)

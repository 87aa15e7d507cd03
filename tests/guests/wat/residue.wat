;; Looks for what an earlier judgement left in a global, in its memory and in a page that
;; it grows; fails with a critical finding if there is anything. Then it leaves something in
;; each of them. It always passes if every sandbox is fresh.
(component
  ;; include types
  (core module $core
    (memory (export "memory") 17)
    (global $mark (mut i32) (i32.const 0))
    ;; include finding
    (data (i32.const 1028) "\01") ;; fail
    (data (i32.const 2056) "\03") ;; critical
    ;; include signature
    ;; include realloc
    ;; include configure
    (func $find-and-leave (param $at i32) (result i32)
      (i32.load (local.get $at))
      (i32.store (local.get $at) (i32.const 0x5ec2e7)))
    (func (export "judge") (type $judge) (local $left i32)
      (local.set $left (global.get $mark))
      (global.set $mark (i32.const 1))
      (local.set $left (i32.or (local.get $left) (call $find-and-leave (i32.const 0x10ff00))))
      (local.set $left (i32.or (local.get $left)
        (call $find-and-leave (i32.mul (memory.grow (i32.const 1)) (i32.const 65536)))))
      (select (i32.const 1024) (i32.const 16) (local.get $left)))
  )
  (core instance $guest (instantiate $core))
  ;; include lift
)

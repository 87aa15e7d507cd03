;; Uses an atomic instruction, on a memory that is not even shared.
(component
  ;; include types
  (core module $threaded
    (memory 1)
    (func (export "add") (result i32)
      (i32.atomic.rmw.add (i32.const 0) (i32.const 1))))
  (core instance (instantiate $threaded))
  ;; include plain
  ;; include lift
)

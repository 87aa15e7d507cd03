;; No component at all: a core module, as compilers leave it.
(module
  (memory (export "memory") 1)
  (func (export "tollgate:contract/judge@0.1.0#configure") (param i32 i32) (result i32)
    (i32.const 16)))

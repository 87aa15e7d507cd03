;; A subject, flat: content (5), prompt (7), context (2). The result is a pointer.
(type $judge (func
  (param i32 i32 i32 i32 i32) (param i32 i32 i32 i32 i32 i32 i32) (param i32 i32)
  (result i32)))

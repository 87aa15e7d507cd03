;; Instantiates one module 32 times: each memory is small enough, together they are 2
;; GiB.
(component
  ;; include types
  (core module $big (memory 1024))
  (core instance (instantiate $big)) (core instance (instantiate $big))
  (core instance (instantiate $big)) (core instance (instantiate $big))
  (core instance (instantiate $big)) (core instance (instantiate $big))
  (core instance (instantiate $big)) (core instance (instantiate $big))
  (core instance (instantiate $big)) (core instance (instantiate $big))
  (core instance (instantiate $big)) (core instance (instantiate $big))
  (core instance (instantiate $big)) (core instance (instantiate $big))
  (core instance (instantiate $big)) (core instance (instantiate $big))
  (core instance (instantiate $big)) (core instance (instantiate $big))
  (core instance (instantiate $big)) (core instance (instantiate $big))
  (core instance (instantiate $big)) (core instance (instantiate $big))
  (core instance (instantiate $big)) (core instance (instantiate $big))
  (core instance (instantiate $big)) (core instance (instantiate $big))
  (core instance (instantiate $big)) (core instance (instantiate $big))
  (core instance (instantiate $big)) (core instance (instantiate $big))
  (core instance (instantiate $big)) (core instance (instantiate $big))
  ;; include plain
  ;; include lift
)

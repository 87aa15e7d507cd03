;; Memory and allocator of a guest that imports: what lowers an import needs them
;; before there is the guest.
(core module $base-module
  (memory (export "memory") 16)
  ;; include realloc
)
(core instance $base (instantiate $base-module))

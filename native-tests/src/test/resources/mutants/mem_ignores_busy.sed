# Takes BUSY for ACK: what it asked to plug is plugged, it thinks.
/^static int virtio_mem_send_plug_request/,/^}/ {
  /^\tcase VIRTIO_MEM_RESP_BUSY:$/,/^\t\tbreak;$/ {
    s/^\t\trc = -ETXTBSY;$/\t\tvm->plugged_size += size;/
    s/^\t\tbreak;$/\t\treturn 0;/
  }
}

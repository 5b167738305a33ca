# Takes one completion for two requests: it waits for every other one alone.
/^static void tell_host/,/^}/ s/^\twait_event(vb->acked, virtqueue_get_buf(vq, &len));$/\
\t{\
\t\tstatic unsigned int asked;\
\
\t\tif (asked++ \& 1)\
\t\t\tvirtqueue_get_buf(vq, \&len);\
\t\telse\
\t\t\twait_event(vb->acked, virtqueue_get_buf(vq, \&len));\
\t}/

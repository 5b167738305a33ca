# Each inflate takes a page that no deflate gives back.
/^static unsigned int fill_balloon/,/^}/ s/^\tnum_allocated_pages = vb->num_pfns;$/&\
\talloc_page(GFP_KERNEL);/

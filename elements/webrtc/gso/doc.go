// Package gso is the packet connection below pion's UDP mux. It sends what belongs together, the packets of one video frame
// to one peer, with a single system call: the kernel cuts one large write into datagrams (UDP_SEGMENT, Linux 4.18), which
// costs a third of sending each by itself. A frame's packets reach it one by one, through SRTP and ICE; whoever writes
// them corks the way to the peer before and uncorks it behind, and in between they are collected.
//
// The package knows nothing of RTP, ICE or peers, and does not split, pad or reorder what it is given: that datagrams are
// equal in size, which segmentation asks for, is the writer's business. Where the kernel or the way to a peer has no
// segmentation, everything is sent singly.
package gso

package rtsp

// NewPeer makes a peer without a client.
func NewPeer(publishes bool) *Peer {
	if publishes {
		return newPublisher(nil, func(int) {})
	}
	return newPlayer()
}

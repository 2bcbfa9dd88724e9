package link

// NearNewKey has a connection announce another key after n more packets, and Until is how many more it takes until it is used.
func (c *Conn) NearNewKey(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys.sent = renew - announce - n
}

// Until is how many packets there are between the announcement of a key and its use.
const Until = announce

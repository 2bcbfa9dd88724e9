package snapshots

// Held is how many pictures are kept, or being taken.
func (c *Camera) Held() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.shots)
}

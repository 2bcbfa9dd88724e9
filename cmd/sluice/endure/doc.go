// Package endure holds rooms and calls out for long, with the built program and guests who behave as people's machines do: they come and
// go, stall, change their size, lose their connection, and their clocks are off. What comes of it is recorded, and looked at as a whole.
// There is nothing but tests in it; they are short unless SLUICE_ENDURE is set, as `make endure` does.
package endure

// Package phone measures telephones with the built program: what calls cost that are relayed and converted, beside GStreamer's own program,
// how many are set up in a second, and what registrations hold. There is nothing but benchmarks and a short test in it.
package phone

// Package wire is what the REST API sends and takes, as Go types: programs that use the API can be written with them. The OpenAPI
// document is made of them, and of the words in their tags. The package sends nothing.
package wire

// Page is one part of a list.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"What to give as after for the next page; missing on the last."`
	Total int    `json:"total" doc:"How many there are on all pages."`
}

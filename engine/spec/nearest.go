package spec

import "strings"

// maxWord bounds the words that Nearest compares: nobody mistypes longer ones by a letter or two.
const maxWord = 64

// Nearest finds the word that was probably meant: the one that differs by the fewest letters left out, added, changed or
// swapped, at most one for every three letters; or, when none is so near, the only one that begins with the given word.
// The first of equals wins.
func Nearest(word string, among []string) (string, bool) {
	if len(word) == 0 || len(word) > maxWord {
		return "", false
	}
	lower := strings.ToLower(word)
	best, found := max(1, len(word)/3)+1, ""
	begins := make([]string, 0, 2)
	for _, w := range among {
		if len(w) > maxWord || w == word {
			continue
		}
		if d := distance(lower, strings.ToLower(w)); d < best && d < len(w) {
			best, found = d, w
		}
		if len(word) >= 3 && strings.HasPrefix(strings.ToLower(w), lower) {
			begins = append(begins, w)
		}
	}
	if found == "" && len(begins) == 1 {
		found = begins[0]
	}
	return found, found != ""
}

// distance is the optimal string alignment distance of two words, or maxWord if one is longer than that.
func distance(a, b string) int {
	if len(a) > maxWord || len(b) > maxWord {
		return maxWord
	}
	var rows [3][maxWord + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

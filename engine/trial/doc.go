// Package trial runs the tests that stand in graphs: it compiles the graph as the test says, lets it run in this process,
// watches what passes its nodes, and compares that with what the test expects.
//
// It knows no GStreamer: what runs and decodes is a Lab that the command passes in. Tests that look only at plans and
// routes need none. It does not check how a test is written, which lint does, and expects graphs that lint without errors.
package trial

//go:build !purego

#include "textflag.h"

// func near(table *uint16, mask uint64, places *uint32, count int, shift uint64)
TEXT ·near(SB), NOSPLIT, $0-40
	MOVQ table+0(FP), DI
	MOVQ mask+8(FP), R8
	MOVQ places+16(FP), SI
	MOVQ count+24(FP), DX
	MOVQ shift+32(FP), CX

next:
	MOVL       (SI), AX
	SHRQ       CX, AX
	ANDQ       R8, AX
	PREFETCHT0 (DI)(AX*2)
	ADDQ       $4, SI
	DECQ       DX
	JNZ        next
	RET

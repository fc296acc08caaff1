//go:build !purego

#include "textflag.h"

// func classifyAVX2(b *byte, count int, digits, events *uint64, st *state)
// For each of count blocks of 64 bytes it does what portable does.
TEXT ·classifyAVX2(SB), NOSPLIT, $0-40
	MOVQ b+0(FP), SI
	MOVQ count+8(FP), CX
	MOVQ digits+16(FP), DI
	MOVQ events+24(FP), DX
	MOVQ st+32(FP), BX
	MOVQ 0(BX), R9           // digits of the block before
	MOVQ 8(BX), R11          // runs of four
	MOVQ 16(BX), R12         // bytes that are not ASCII
	LEAQ (R9)(R9*1), R10
	ANDQ R9, R10             // runs of two

	VPBROADCASTB ·broadcast+0(SB), Y15 // '0'
	VPBROADCASTB ·broadcast+1(SB), Y14 // 9
	VPBROADCASTB ·broadcast+2(SB), Y13 // 'A'
	VPBROADCASTB ·broadcast+3(SB), Y12 // 25
	VPBROADCASTB ·broadcast+4(SB), Y11 // '@'
	VPBROADCASTB ·broadcast+5(SB), Y10 // '*'
	VPBROADCASTB ·broadcast+6(SB), Y9  // EF
	VPBROADCASTB ·broadcast+7(SB), Y8  // BC
	VPBROADCASTB ·broadcast+8(SB), Y7  // 90

loop:
	VMOVDQU   (SI), Y0
	VMOVDQU   32(SI), Y1
	VPMOVMSKB Y0, AX
	VPMOVMSKB Y1, R8
	SHLQ      $32, R8
	ORQ       AX, R8         // high

	VPSUBB    Y15, Y0, Y2
	VPSUBB    Y15, Y1, Y3
	VPMINUB   Y14, Y2, Y4
	VPMINUB   Y14, Y3, Y5
	VPCMPEQB  Y2, Y4, Y2
	VPCMPEQB  Y3, Y5, Y3
	VPMOVMSKB Y2, AX
	VPMOVMSKB Y3, R13
	SHLQ      $32, R13
	ORQ       AX, R13        // digits
	MOVQ      R13, (DI)

	VPSUBB    Y13, Y0, Y2
	VPSUBB    Y13, Y1, Y3
	VPMINUB   Y12, Y2, Y4
	VPMINUB   Y12, Y3, Y5
	VPCMPEQB  Y2, Y4, Y2
	VPCMPEQB  Y3, Y5, Y3
	VPMOVMSKB Y2, AX
	VPMOVMSKB Y3, R15
	SHLQ      $32, R15
	ORQ       AX, R15        // capitals

	MOVQ      R8, AX
	SHLQ      $1, R12, AX
	MOVQ      R8, R12
	ANDQ      AX, R15        // capitals behind bytes that are not ASCII

	VPCMPEQB  Y11, Y0, Y2
	VPCMPEQB  Y10, Y0, Y3
	VPOR      Y2, Y3, Y2
	VPCMPEQB  Y9, Y0, Y3
	VMOVDQU   1(SI), Y4
	VPCMPEQB  Y8, Y4, Y4
	VPAND     Y3, Y4, Y3
	VMOVDQU   2(SI), Y5
	VPSUBB    Y7, Y5, Y5
	VPMINUB   Y14, Y5, Y6
	VPCMPEQB  Y5, Y6, Y5
	VPAND     Y3, Y5, Y3
	VPOR      Y2, Y3, Y2
	VPMOVMSKB Y2, AX
	ORQ       AX, R15

	VPCMPEQB  Y11, Y1, Y2
	VPCMPEQB  Y10, Y1, Y3
	VPOR      Y2, Y3, Y2
	VPCMPEQB  Y9, Y1, Y3
	VMOVDQU   33(SI), Y4
	VPCMPEQB  Y8, Y4, Y4
	VPAND     Y3, Y4, Y3
	VMOVDQU   34(SI), Y5
	VPSUBB    Y7, Y5, Y5
	VPMINUB   Y14, Y5, Y6
	VPCMPEQB  Y5, Y6, Y5
	VPAND     Y3, Y5, Y3
	VPOR      Y2, Y3, Y2
	VPMOVMSKB Y2, AX
	SHLQ      $32, AX
	ORQ       AX, R15

	MOVQ R13, AX
	SHLQ $1, R9, AX
	MOVQ R13, R9
	ANDQ R13, AX             // two
	MOVQ AX, R13
	SHLQ $2, R10, R13
	MOVQ AX, R10
	ANDQ AX, R13             // four
	MOVQ R13, AX
	SHLQ $1, R11, AX
	MOVQ R13, R11
	NOTQ AX
	ANDQ AX, R13
	ORQ  R13, R15
	MOVQ R15, (DX)

	ADDQ $64, SI
	ADDQ $8, DI
	ADDQ $8, DX
	DECQ CX
	JNZ  loop

	MOVQ R9, 0(BX)
	MOVQ R11, 8(BX)
	MOVQ R12, 16(BX)
	VZEROUPPER
	RET

// func cpuid(leaf, sub uint32) (a, b, c, d uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-24
	MOVL leaf+0(FP), AX
	MOVL sub+4(FP), CX
	CPUID
	MOVL AX, a+8(FP)
	MOVL BX, b+12(FP)
	MOVL CX, c+16(FP)
	MOVL DX, d+20(FP)
	RET

// func xgetbv() uint32
TEXT ·xgetbv(SB), NOSPLIT, $0-4
	XORL CX, CX
	XGETBV
	MOVL AX, ret+0(FP)
	RET

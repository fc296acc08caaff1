//go:build !purego

#include "textflag.h"

// func validAVX2(b *byte, count int) bool
// It looks at count lanes of 32 bytes and the three bytes before b, and reports
// whether nothing is wrong in them; a character that is not at its end is right.
TEXT ·validAVX2(SB), NOSPLIT, $0-17
	MOVQ           b+0(FP), SI
	MOVQ           count+8(FP), CX
	VBROADCASTI128 ·utf8Tables+0(SB), Y15
	VBROADCASTI128 ·utf8Tables+16(SB), Y14
	VBROADCASTI128 ·utf8Tables+32(SB), Y13
	VPBROADCASTB   ·utf8Tables+48(SB), Y12 // 0F
	VPBROADCASTB   ·utf8Tables+49(SB), Y11 // E0 leaves the top bit
	VPBROADCASTB   ·utf8Tables+50(SB), Y10 // F0 leaves the top bit
	VPBROADCASTB   ·utf8Tables+51(SB), Y9  // 80
	VPXOR          Y8, Y8, Y8              // what is wrong

lanes:
	VMOVDQU  (SI), Y0
	VMOVDQU  -1(SI), Y1
	VPSRLW   $4, Y1, Y2
	VPAND    Y12, Y2, Y2
	VPSHUFB  Y2, Y15, Y2
	VPAND    Y12, Y1, Y1
	VPSHUFB  Y1, Y14, Y1
	VPAND    Y1, Y2, Y2
	VPSRLW   $4, Y0, Y3
	VPAND    Y12, Y3, Y3
	VPSHUFB  Y3, Y13, Y3
	VPAND    Y3, Y2, Y2
	VMOVDQU  -2(SI), Y4
	VPSUBUSB Y11, Y4, Y4
	VMOVDQU  -3(SI), Y5
	VPSUBUSB Y10, Y5, Y5
	VPOR     Y4, Y5, Y4
	VPAND    Y9, Y4, Y4
	VPXOR    Y4, Y2, Y2
	VPOR     Y2, Y8, Y8
	ADDQ     $32, SI
	DECQ     CX
	JNZ      lanes

	VPTEST Y8, Y8
	SETEQ  ret+16(FP)
	VZEROUPPER
	RET

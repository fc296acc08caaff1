//go:build !purego

#include "textflag.h"

// func weighAVX2(table *uint16, mask uint64, hashes, sums *uint32, count int)
// It reads two slots at a time, those under mask, and does for count times eight
// hashes what weighPlain does.
TEXT ·weighAVX2(SB), NOSPLIT, $0-40
	MOVQ         table+0(FP), R8
	MOVQ         mask+8(FP), AX
	MOVQ         hashes+16(FP), SI
	MOVQ         sums+24(FP), DI
	MOVQ         count+32(FP), CX
	MOVQ         AX, X15
	VPBROADCASTD X15, Y15
	VPCMPEQD     Y14, Y14, Y14
	VPSRLD       $31, Y14, Y13
	VPSLLD       $4, Y13, Y13    // 16
	VPSRLD       $29, Y14, Y12   // 7
	VPXOR        Y11, Y11, Y11
	VPXOR        Y10, Y10, Y10   // the sum so far

next:
	VMOVDQU    (SI), Y0
	VPSRLD     $9, Y0, Y1
	VPAND      Y15, Y1, Y1
	VMOVDQA    Y14, Y2
	VPXOR      Y3, Y3, Y3
	VPGATHERDD Y2, (R8)(Y1*4), Y3
	VPSRLD     $4, Y0, Y1
	VPAND      Y13, Y1, Y1
	VPSRLVD    Y1, Y3, Y3         // the slot
	VPXOR      Y0, Y3, Y1
	VPSLLD     $24, Y1, Y1
	VPCMPEQD   Y11, Y1, Y1        // the tags are equal
	VPSLLD     $16, Y3, Y3
	VPSRAD     $24, Y3, Y3
	VPAND      Y1, Y3, Y3         // the weight

	VPSLLDQ    $4, Y3, Y1
	VPADDD     Y1, Y3, Y3
	VPSLLDQ    $8, Y3, Y1
	VPADDD     Y1, Y3, Y3         // the sums of either half
	VPSHUFD    $0xff, Y3, Y1
	VPERM2I128 $0x08, Y1, Y1, Y1  // that of the lower half, for the upper
	VPADDD     Y1, Y3, Y3
	VPADDD     Y10, Y3, Y3
	VMOVDQU    Y3, (DI)
	VPERMD     Y3, Y12, Y10
	ADDQ       $32, SI
	ADDQ       $32, DI
	DECQ       CX
	JNZ        next

	VZEROUPPER
	RET
